<#
.SYNOPSIS
    Compares the source of an upgrade package with what was added.
.DESCRIPTION
    And the library's copies with their digests. Differences and Damaged say what is not as it was.
.PARAMETER Name
    The package's name or number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    (Test-WwUpgradePackage 'Windows 11 23H2').Differences

    What changed in the source.
.OUTPUTS
    Wimwright.UpgradePackageCheck
#>
function Test-WwUpgradePackage {
    [CmdletBinding()]
    [OutputType([Wimwright.UpgradePackageCheck])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                Invoke-WwWork $opened 'CheckPackage' @{ package = $Name } "Checking $Name"
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
