<#
.SYNOPSIS
    Compares two images.
.DESCRIPTION
    Tells what differs in files, links, descriptors, registry keys and values.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The image, from 1.
.PARAMETER DifferenceImagePath
    The other file; the same one where it is left out.
.PARAMETER DifferenceIndex
    The other image, from 1.
.PARAMETER ItemPath
    Only what lies at or below these.
.PARAMETER IncludeTimes
    Times of files and keys count too.
.PARAMETER SkipRegistry
    Compare hives as files.
.EXAMPLE
    Compare-WwImage old.wim 1 -DifferenceImagePath new.wim -DifferenceIndex 1

    What an update changed.
.OUTPUTS
    Wimwright.ImageDifferences
#>
function Compare-WwImage {
    [CmdletBinding()]
    [OutputType([Wimwright.ImageDifferences])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [ValidateRange(1, 65535)]
        [int] $Index,

        [string] $DifferenceImagePath,

        [Parameter(Mandatory)]
        [ValidateRange(1, 65535)]
        [int] $DifferenceIndex,

        [string[]] $ItemPath,

        [switch] $IncludeTimes,

        [switch] $SkipRegistry
    )

    process {
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $other = if ($DifferenceImagePath) { [Wimwright.WimFile]::Open((Resolve-WwPath $DifferenceImagePath)) } else { $wim }
                try {
                    $arguments = @{
                        index = $Index; after = $other; afterIndex = $DifferenceIndex
                        times = $IncludeTimes.IsPresent; skipRegistry = $SkipRegistry.IsPresent
                    }
                    if ($ItemPath) { $arguments.paths = $ItemPath }
                    Invoke-WwWork $wim 'Compare' $arguments "Comparing $file"
                }
                finally {
                    if ($DifferenceImagePath) { $other.Dispose() }
                }
            }
            finally {
                $wim.Dispose()
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $file))
        }
    }
}
