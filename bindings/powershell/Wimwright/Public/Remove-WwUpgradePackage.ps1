<#
.SYNOPSIS
    Removes an upgrade package and what only it uses.
.DESCRIPTION
    Its history stays.
.PARAMETER Name
    The package's name or number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Remove-WwUpgradePackage 'Windows 11 23H2'

    It is gone from the site.
.OUTPUTS
    Wimwright.SiteRemoval
#>
function Remove-WwUpgradePackage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.SiteRemoval])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Remove the package')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.RemovePackage($Name)
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
