<#
.SYNOPSIS
    Writes a page for the browser about a site.
.DESCRIPTION
    Packages, indexes and updates, runs, distribution points: one HTML file that needs nothing else.
.PARAMETER Path
    The HTML file.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Export-WwSiteReport report.html -Site D:\Site

    The report.
.OUTPUTS
    Wimwright.SiteReport
#>
function Export-WwSiteReport {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low')]
    [OutputType([Wimwright.SiteReport])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $Path,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Path, 'Write the report')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.WriteReport((Resolve-WwPath $Path))
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
