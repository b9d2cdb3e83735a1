<#
.SYNOPSIS
    Cancels a schedule.
.DESCRIPTION
    A run of it that is going on, in whatever process, is asked to stop.
.PARAMETER Id
    Its number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Stop-WwServicingSchedule 2

    Schedule 2 runs no more.
.OUTPUTS
    Wimwright.ServicingSchedule
#>
function Stop-WwServicingSchedule {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.ServicingSchedule])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [long] $Id,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess("Schedule $Id", 'Cancel')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.CancelSchedule($Id)
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
