<#
.SYNOPSIS
    Removes a distribution point's record.
.DESCRIPTION
    Refused while packages are there, unless -Abandon leaves them there as they are.
.PARAMETER Name
    Its name.
.PARAMETER Abandon
    Also while packages are there.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Remove-WwDistributionPoint Berlin

    The record is gone.
.OUTPUTS
    Wimwright.DistributionPoint
#>
function Remove-WwDistributionPoint {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.DistributionPoint])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [switch] $Abandon,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Remove the distribution point')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.RemovePoint($Name, $Abandon.IsPresent)
            }
            finally {
                $opened.Dispose()
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $folder))
        }
    }
}
