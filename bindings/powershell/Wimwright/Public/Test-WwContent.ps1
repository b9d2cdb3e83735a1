<#
.SYNOPSIS
    Hashes an upgrade package's content on distribution points again.
.DESCRIPTION
    Problems says what is not whole there.
.PARAMETER Name
    The package's name or number.
.PARAMETER DistributionPoint
    These distribution points; else those that have the package.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    (Test-WwContent 'Windows 11 23H2').Problems

    What is wrong; nothing where all is whole.
.OUTPUTS
    Wimwright.ContentValidation
#>
function Test-WwContent {
    [CmdletBinding()]
    [OutputType([Wimwright.ContentValidation])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [Parameter(Position = 1)]
        [string[]] $DistributionPoint,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $arguments = @{ package = $Name }
                if ($DistributionPoint) { $arguments.points = $DistributionPoint }
                Invoke-WwWork $opened 'Validate' $arguments "Validating $Name"
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
