<#
.SYNOPSIS
    Shows what is known of an upgrade package's updates.
.DESCRIPTION
    Installed, applicable or not, since when, by which run. Get-WwUpdateOffer asks anew.
.PARAMETER Name
    The package's name or number.
.PARAMETER Index
    Only this index.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwUpdateStatus 'Windows 11 23H2' -Index 1

    One index.
.OUTPUTS
    Wimwright.UpdateStatus
#>
function Get-WwUpdateStatus {
    [CmdletBinding()]
    [OutputType([Wimwright.UpdateStatus])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [ValidateRange(1, 65535)]
        [int] $Index,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.GetStatus($Name, $Index)
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
