<#
.SYNOPSIS
    Sends an upgrade package to distribution points.
.DESCRIPTION
    What they lack; with -Force all of it again. The older version stays the one that is found until the new one is whole. Every point is tried; a failure of one is an error at the end.
.PARAMETER Name
    The package's name or number.
.PARAMETER DistributionPoint
    These distribution points; else those that have the package.
.PARAMETER Force
    Send all of it again.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Start-WwContentDistribution 'Windows 11 23H2' -DistributionPoint Berlin

    To one point.
.OUTPUTS
    Wimwright.ContentDistribution
#>
function Start-WwContentDistribution {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.ContentDistribution])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [Parameter(Position = 1)]
        [string[]] $DistributionPoint,

        [switch] $Force,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Send to distribution points')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $arguments = @{ package = $Name }
                if ($DistributionPoint) { $arguments.points = $DistributionPoint }
                if ($Force) {
                    Invoke-WwWork $opened 'Redistribute' $arguments "Sending $Name"
                }
                else {
                    Invoke-WwWork $opened 'Distribute' $arguments "Sending $Name"
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
