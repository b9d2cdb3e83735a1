<#
.SYNOPSIS
    Shows what a site holds.
.DESCRIPTION
    Its packages, updates and contents, counted.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwSite D:\Site

    What is there.
.OUTPUTS
    Wimwright.SiteInfo
#>
function Get-WwSite {
    [CmdletBinding()]
    [OutputType([Wimwright.SiteInfo])]
    param(
        [Parameter(Position = 0)]
        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.GetInfo()
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
