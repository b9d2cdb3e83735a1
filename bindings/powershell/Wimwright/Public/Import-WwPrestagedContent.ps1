<#
.SYNOPSIS
    Puts what a prestaged file holds on a distribution point.
.DESCRIPTION
    On a point of a site, or with -Folder into a point's folder where no site is at hand.
.PARAMETER Path
    The file.
.PARAMETER DistributionPoint
    The distribution point.
.PARAMETER Folder
    A distribution point's folder.
.PARAMETER VerificationKey
    The file of a public key (`openssl pkey -pubout`): nothing is taken unless its private half signed the file.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Import-WwPrestagedContent F:\win11.zip -Folder E:\dp

    At the point itself.
.EXAMPLE
    Import-WwPrestagedContent F:\win11.zip Berlin -VerificationKey C:\keys\site.pub

    Only what that site signed.
.OUTPUTS
    Wimwright.PrestagedContent
#>
function Import-WwPrestagedContent {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low', DefaultParameterSetName = 'Point')]
    [OutputType([Wimwright.PrestagedContent])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $Path,

        [Parameter(Mandatory, Position = 1, ParameterSetName = 'Point')]
        [string] $DistributionPoint,

        [Parameter(Mandatory, ParameterSetName = 'Folder')]
        [string] $Folder,

        [string] $VerificationKey,

        [Parameter(ParameterSetName = 'Point')]
        [string] $Site
    )

    process {
        $file = Resolve-WwPath $Path
        if (-not $PSCmdlet.ShouldProcess("$DistributionPoint$Folder", "Import $Path")) { return }
        try {
            if ($Folder) {
                $arguments = @{ path = $file; folder = (Resolve-WwPath $Folder) }
                if ($VerificationKey) { $arguments.verifyKey = Resolve-WwPath $VerificationKey }
                Invoke-WwWork ([Wimwright.Site]) 'UnpackPrestaged' $arguments "Importing $Path"
                return
            }
            $opened = [Wimwright.Site]::Open((Resolve-WwSite $Site))
            try {
                $arguments = @{ path = $file; point = $DistributionPoint }
                if ($VerificationKey) { $arguments.verifyKey = Resolve-WwPath $VerificationKey }
                Invoke-WwWork $opened 'ImportPrestaged' $arguments "Importing $Path"
            }
            finally {
                $opened.Dispose()
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $file))
        }
    }
}
