<#
.SYNOPSIS
    Shows upgrade packages.
.DESCRIPTION
    Every package; or one with its images and versions.
.PARAMETER Name
    The package's name or number; every package where it is left out.
.PARAMETER Installed
    Also every package that its images had installed, with -Name.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwUpgradePackage -Site D:\Site

    Every package.
.EXAMPLE
    (Get-WwUpgradePackage 'Windows 11 23H2').Versions

    The versions of one.
.OUTPUTS
    Wimwright.UpgradePackageDetails
#>
function Get-WwUpgradePackage {
    [CmdletBinding()]
    [OutputType([Wimwright.UpgradePackageDetails])]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [switch] $Installed,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                if ($Name) { $opened.GetPackage($Name, $Installed.IsPresent) } else { $opened.GetPackages() }
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
