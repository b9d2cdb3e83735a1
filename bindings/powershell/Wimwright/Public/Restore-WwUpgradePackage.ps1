<#
.SYNOPSIS
    Publishes an older version of an upgrade package again.
.DESCRIPTION
    The content of that version is in the library still; nothing is copied.
.PARAMETER Name
    The package's name or number.
.PARAMETER ContentVersion
    This version; else the one before the published one.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Restore-WwUpgradePackage 'Windows 11 23H2'

    One version back.
.OUTPUTS
    Wimwright.UpgradePackageDetails
#>
function Restore-WwUpgradePackage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.UpgradePackageDetails])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [ValidateRange(0, 2147483647)]
        [int] $ContentVersion,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Publish an older version')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.RollbackPackage($Name, $ContentVersion)
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
