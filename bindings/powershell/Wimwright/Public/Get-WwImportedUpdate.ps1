<#
.SYNOPSIS
    Shows the updates of a site.
.DESCRIPTION
    Every one, or those that are offered to a package.
.PARAMETER Package
    Only what is offered to this package: its name or number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwImportedUpdate -Site D:\Site

    Every update.
.OUTPUTS
    Wimwright.ImportedUpdate
#>
function Get-WwImportedUpdate {
    [CmdletBinding()]
    [OutputType([Wimwright.ImportedUpdate])]
    param(
        [Parameter(Position = 0)]
        [string] $Package,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $arguments = @{ }
                if ($Package) { $arguments.package = $Package }
                Invoke-WwWork $opened 'GetUpdates' $arguments 'Listing updates'
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
