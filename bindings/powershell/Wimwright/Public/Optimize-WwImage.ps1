<#
.SYNOPSIS
    Makes an image file anew without what no image uses.
.DESCRIPTION
    The new file takes the place of the old one at once when it is whole.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.EXAMPLE
    Optimize-WwImage install.wim

    A file as small as it can be without compressing anew.
.OUTPUTS
    Wimwright.ExportReport
#>
function Optimize-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.ExportReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($ImagePath, 'Make the file anew')) { return }
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $options = New-Object Wimwright.ExportOptions -Property @{ Threads = $Threads }
                Invoke-WwWork $wim 'Optimize' @{ options = $options } "Rebuilding $file"
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
