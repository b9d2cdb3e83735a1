<#
.SYNOPSIS
    Writes upgrade packages into one file.
.DESCRIPTION
    For a distribution point at the end of a thin line.
.PARAMETER Name
    The packages: names or numbers.
.PARAMETER Path
    The file.
.PARAMETER SigningKey
    The file of a private key (Ed25519, PEM, as `openssl genpkey -algorithm ed25519` writes it) to sign it with.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Export-WwPrestagedContent 'Windows 11 23H2' F:\win11.zip

    One package.
.EXAMPLE
    Export-WwPrestagedContent 'Windows 11 23H2' F:\win11.zip -SigningKey C:\keys\site.pem

    One package, signed.
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

        [string] $SigningKey,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Path, "Write $($Name -join ', ')")) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $arguments = @{ packages = $Name; path = (Resolve-WwPath $Path) }
                if ($SigningKey) { $arguments.signKey = Resolve-WwPath $SigningKey }
                Invoke-WwWork $opened 'ExportPrestaged' $arguments "Writing $Path"
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
