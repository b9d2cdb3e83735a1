<#
.SYNOPSIS
    Shows the servicing runs of an upgrade package.
.DESCRIPTION
    The newest first; also of a package that was removed, by its name.
.PARAMETER Name
    The package's name or number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    (Get-WwServicingHistory 'Windows 11 23H2')[0].Updates

    What the last run did with each update and index.
.OUTPUTS
    Wimwright.ServicingRun
#>
function Get-WwServicingHistory {
    [CmdletBinding()]
    [OutputType([Wimwright.ServicingRun])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.GetHistory($Name)
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
