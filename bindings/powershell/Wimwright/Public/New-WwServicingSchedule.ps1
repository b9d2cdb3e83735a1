<#
.SYNOPSIS
    Schedules the servicing of an upgrade package.
.DESCRIPTION
    Which updates: -Update, -AllApplicable or -LatestCumulative. When: -At, -Cron, or with neither at once, with the next Start-WwServicingRun.
.PARAMETER Name
    The package's name or number.
.PARAMETER Update
    These updates (number, KB, file name), in the order to apply.
.PARAMETER AllApplicable
    All updates that are offered when it runs.
.PARAMETER LatestCumulative
    The newest cumulative update that is offered when it runs.
.PARAMETER At
    A time, as in '2026-11-24 02:00'.
.PARAMETER Cron
    A cron expression, as in '0 3 * * TUE#2'.
.PARAMETER TimeZone
    The zone of the time or expression, as in Europe/Berlin or UTC; else this machine's.
.PARAMETER Level
    How far packages are serviced.
.PARAMETER ContinueOnError
    Leave out an update that fails and go on with the others.
.PARAMETER UpdateDistributionPoints
    Send the new version to the distribution points that have the package.
.PARAMETER RemoveSuperseded
    Take out of the image what earlier runs staged and newer updates supersede.
.PARAMETER AcceptPartial
    At level install, carry out what can be also of a package that asks for more.
.PARAMETER ForceUndecided
    Lay updates in also where it cannot be told whether they apply.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    New-WwServicingSchedule 'Windows 11 23H2' -AllApplicable -Cron '0 3 * * WED#2' -ContinueOnError -UpdateDistributionPoints

    Every second Wednesday of a month.
.EXAMPLE
    New-WwServicingSchedule 'Windows 11 23H2' -Update KB5015684; Start-WwServicingRun

    One update, now.
.OUTPUTS
    Wimwright.ServicingSchedule
#>
function New-WwServicingSchedule {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low', DefaultParameterSetName = 'All')]
    [OutputType([Wimwright.ServicingSchedule])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [Parameter(Mandatory, ParameterSetName = 'Updates')]
        [string[]] $Update,

        [Parameter(Mandatory, ParameterSetName = 'All')]
        [switch] $AllApplicable,

        [Parameter(Mandatory, ParameterSetName = 'Latest')]
        [switch] $LatestCumulative,

        [string] $At,

        [string] $Cron,

        [string] $TimeZone,

        [Wimwright.ServicingLevel] $Level,

        [switch] $ContinueOnError,

        [switch] $UpdateDistributionPoints,

        [switch] $RemoveSuperseded,

        [switch] $AcceptPartial,

        [switch] $ForceUndecided,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Add a schedule')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $options = New-Object Wimwright.ScheduleOptions -Property @{
                    ContinueOnError          = $ContinueOnError.IsPresent
                    UpdateDistributionPoints = $UpdateDistributionPoints.IsPresent
                    RemoveSuperseded         = $RemoveSuperseded.IsPresent
                    AcceptPartial            = $AcceptPartial.IsPresent
                    ForceUndecided           = $ForceUndecided.IsPresent
                }
                if ($Update) { $options.Updates = $Update }
                if ($AllApplicable) { $options.Selection = [Wimwright.UpdateSelection]::AllApplicable }
                if ($LatestCumulative) { $options.Selection = [Wimwright.UpdateSelection]::LatestCumulative }
                if ($At) { $options.At = $At }
                if ($Cron) { $options.Cron = $Cron }
                if ($TimeZone) { $options.Zone = $TimeZone }
                if ($PSBoundParameters.ContainsKey('Level')) { $options.Level = $Level }
                $opened.AddSchedule($Name, $options)
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
