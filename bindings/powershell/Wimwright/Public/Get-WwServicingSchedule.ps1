<#
.SYNOPSIS
    Shows the schedules of a site.
.DESCRIPTION
    Every one, the oldest first.
.PARAMETER Name
    Only schedules of the package of this name; wildcards are allowed.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwServicingSchedule -Site D:\Site

    Every schedule.
.OUTPUTS
    Wimwright.ServicingSchedule
#>
function Get-WwServicingSchedule {
    [CmdletBinding()]
    [OutputType([Wimwright.ServicingSchedule])]
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
                foreach ($schedule in $opened.GetSchedules()) {
                    if (-not $Name -or $schedule.PackageName -like $Name) { $schedule }
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
