<#
.SYNOPSIS
    Writes upgrade packages into one file.
.DESCRIPTION
    For a distribution point at the end of a thin line.
.PARAMETER Name
    The packages: names or numbers.
.PARAMETER Path
    The file.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Export-WwPrestagedContent 'Windows 11 23H2' F:\win11.zip

    One package.
.OUTPUTS
    Wimwright.PrestagedContent
#>
function Export-WwPrestagedContent {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low')]
    [OutputType([Wimwright.PrestagedContent])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string[]] $Name,

        [Parameter(Mandatory, Position = 1)]
        [string] $Path,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Path, "Write $($Name -join ', ')")) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                Invoke-WwWork $opened 'ExportPrestaged' @{ packages = $Name; path = (Resolve-WwPath $Path) } "Writing $Path"
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
