<#
.SYNOPSIS
    Makes a site for upgrade packages.
.DESCRIPTION
    A site is a folder with a database, a content library, a work folder, receipts and a log. The folder must be empty or not be there yet.
.PARAMETER Path
    The folder.
.EXAMPLE
    New-WwSite D:\Site

    A new site.
.OUTPUTS
    Wimwright.SiteInfo
#>
function New-WwSite {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.SiteInfo])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $Path
    )

    process {
        $folder = Resolve-WwPath $Path
        if (-not $PSCmdlet.ShouldProcess($folder, 'Make a site')) { return }
        try {
            $opened = [Wimwright.Site]::Create($folder)
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
