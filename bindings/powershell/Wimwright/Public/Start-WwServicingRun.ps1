<#
.SYNOPSIS
    Resumes what was interrupted and runs what is due.
.DESCRIPTION
    Call it from the Task Scheduler. Each run says itself how it ended; a package that a run failed on is as it was.
.PARAMETER Resume
    Only resume what was interrupted.
.PARAMETER Discard
    Give up what was interrupted; what was published stays.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Start-WwServicingRun -Site D:\Site

    What is due.
.OUTPUTS
    Wimwright.ServicingRun
#>
function Start-WwServicingRun {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium', DefaultParameterSetName = 'Resume')]
    [OutputType([Wimwright.ServicingRun])]
    param(
        [Parameter(ParameterSetName = 'Resume')]
        [switch] $Resume,

        [Parameter(Mandatory, ParameterSetName = 'Discard')]
        [switch] $Discard,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($folder, 'Run what is due')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $mode = [Wimwright.RunMode]::Due
                if ($Resume) { $mode = [Wimwright.RunMode]::Resume }
                if ($Discard) { $mode = [Wimwright.RunMode]::Discard }
                Invoke-WwWork $opened 'Run' @{ mode = $mode } 'Servicing upgrade packages'
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
