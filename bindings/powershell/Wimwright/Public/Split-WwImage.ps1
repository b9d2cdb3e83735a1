<#
.SYNOPSIS
    Splits an image file into files of a bounded size.
.DESCRIPTION
    For media and file systems that take no larger ones. Export-WwImage of the first part joins them.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER SplitImagePath
    The first of the new files, as in install.swm.
.PARAMETER FileSize
    The most that each takes, in MB.
.PARAMETER CheckIntegrity
    Add integrity tables.
.PARAMETER Force
    Replace files that exist.
.EXAMPLE
    Split-WwImage install.wim -SplitImagePath install.swm -FileSize 3800

    Parts for a FAT32 stick.
.OUTPUTS
    Wimwright.SplitReport
#>
function Split-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.SplitReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory)]
        [string] $SplitImagePath,

        [Parameter(Mandatory)]
        [ValidateRange(1, [int]::MaxValue)]
        [int] $FileSize,

        [switch] $CheckIntegrity,

        [switch] $Force
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($SplitImagePath, "Split $ImagePath")) { return }
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $arguments = @{
                    first = (Resolve-WwPath $SplitImagePath); partSize = ([long]$FileSize * 1MB); replace = $Force.IsPresent
                }
                if ($CheckIntegrity) { $arguments.integrity = [Wimwright.Choice]::Yes }
                Invoke-WwWork $wim 'Split' $arguments "Splitting $file"
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
