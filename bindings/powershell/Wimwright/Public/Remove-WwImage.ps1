<#
.SYNOPSIS
    Takes images out of a file.
.DESCRIPTION
    Those behind them move up. The file does not become smaller by this; Optimize-WwImage does that.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The images, from 1.
.EXAMPLE
    Remove-WwImage install.wim 2,4

    Two images less.
.OUTPUTS
    Wimwright.CommitReport
#>
function Remove-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.CommitReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [int[]] $Index
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($ImagePath, "Remove image $($Index -join ', ')")) { return }
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                Invoke-WwWork $wim 'DeleteImages' @{ indexes = $Index } "Removing from $file"
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
