<#
.SYNOPSIS
    Removes an update that no schedule names from a site.
.DESCRIPTION
    What was serviced with it stays as it is.
.PARAMETER Update
    Its number, KB, file name or SHA-256.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Remove-WwImportedUpdate KB5015684

    It is gone from the site.
.OUTPUTS
    Wimwright.SiteRemoval
#>
function Remove-WwImportedUpdate {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.SiteRemoval])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $Update,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Update, 'Remove the update')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.RemoveUpdate($Update)
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
