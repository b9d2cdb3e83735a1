<#
.SYNOPSIS
    Lists a folder of an image.
.DESCRIPTION
    Gives one object for each entry: name, attributes, size, digest, times, links and streams.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The image, from 1.
.PARAMETER ItemPath
    The folder or file in the image; the root where it is left out.
.PARAMETER Recurse
    Everything below it too.
.EXAMPLE
    Get-WwImageItem install.wim 1 Windows\System32

    What lies in a folder.
.OUTPUTS
    Wimwright.ListingEntry
#>
function Get-WwImageItem {
    [CmdletBinding()]
    [OutputType([Wimwright.ListingEntry])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [ValidateRange(1, 65535)]
        [int] $Index,

        [Parameter(Position = 2)]
        [string] $ItemPath,

        [switch] $Recurse
    )

    process {
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $wim.List($Index, $ItemPath, $Recurse.IsPresent).Entries
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
