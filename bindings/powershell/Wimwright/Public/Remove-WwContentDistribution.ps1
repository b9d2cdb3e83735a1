<#
.SYNOPSIS
    Takes an upgrade package away from distribution points.
.DESCRIPTION
    What other packages use there stays.
.PARAMETER Name
    The package's name or number.
.PARAMETER DistributionPoint
    These distribution points; else those that have the package.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Remove-WwContentDistribution 'Windows 11 23H2' -DistributionPoint Berlin

    From one point.
.OUTPUTS
    Wimwright.ContentDistribution
#>
function Remove-WwContentDistribution {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.ContentDistribution])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [Parameter(Position = 1)]
        [string[]] $DistributionPoint,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Take away from distribution points')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $arguments = @{ package = $Name }
                if ($DistributionPoint) { $arguments.points = $DistributionPoint }
                Invoke-WwWork $opened 'Withdraw' $arguments "Withdrawing $Name"
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
