<#
.SYNOPSIS
    Hashes every content of a site's library again.
.DESCRIPTION
    What is not whole is in the report's Problems.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    (Test-WwSite D:\Site).Problems

    What is wrong; nothing where all is whole.
.OUTPUTS
    Wimwright.SiteVerifyReport
#>
function Test-WwSite {
    [CmdletBinding()]
    [OutputType([Wimwright.SiteVerifyReport])]
    param(
        [Parameter(Position = 0)]
        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                Invoke-WwWork $opened 'Verify' @{} "Verifying $folder"
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
