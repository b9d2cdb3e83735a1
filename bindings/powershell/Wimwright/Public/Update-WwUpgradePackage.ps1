<#
.SYNOPSIS
    Reads the source of an upgrade package again.
.DESCRIPTION
    After its source was changed from outside: a new version of its content.
.PARAMETER Name
    The package's name or number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Update-WwUpgradePackage 'Windows 11 23H2'

    A new version from the source.
.OUTPUTS
    Wimwright.UpgradePackageDetails
#>
function Update-WwUpgradePackage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.UpgradePackageDetails])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Read the source again')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                Invoke-WwWork $opened 'ReloadPackage' @{ package = $Name } "Reading $Name again"
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
