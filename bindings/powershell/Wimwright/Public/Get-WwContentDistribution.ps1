<#
.SYNOPSIS
    Shows how upgrade packages stand on distribution points.
.DESCRIPTION
    The version that is there, the one that is published, the state.
.PARAMETER Name
    Only this package: its name or number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwContentDistribution -Site D:\Site

    Every package on every point.
.OUTPUTS
    Wimwright.ContentDistribution
#>
function Get-WwContentDistribution {
    [CmdletBinding()]
    [OutputType([Wimwright.ContentDistribution])]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $package = if ($Name) { $Name } else { [NullString]::Value }
                $opened.GetDistributions($package)
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
