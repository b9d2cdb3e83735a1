<#
.SYNOPSIS
    Shows the distribution points of a site.
.DESCRIPTION
    Every one, or one by its name.
.PARAMETER Name
    Only points of this name; wildcards are allowed.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwDistributionPoint -Site D:\Site

    Every point.
.OUTPUTS
    Wimwright.DistributionPoint
#>
function Get-WwDistributionPoint {
    [CmdletBinding()]
    [OutputType([Wimwright.DistributionPoint])]
    param(
        [Parameter(Position = 0)]
        [string] $Name,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                foreach ($point in $opened.GetPoints()) {
                    if (-not $Name -or $point.Name -like $Name) { $point }
                }
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
