<#
.SYNOPSIS
    Shows the packages of an image and how far each is installed.
.DESCRIPTION
    Reads the servicing state of the image without changing it: from its SOFTWARE hive, or from the names of its package files where it has none.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The image, from 1.
.PARAMETER PackageName
    Only packages of this identity; wildcards are allowed.
.PARAMETER All
    Superseded and absent packages too.
.EXAMPLE
    Get-WwPackage install.wim 1

    Installed and staged packages of the first image.
.EXAMPLE
    Get-WwImage install.wim | Get-WwPackage -PackageName *KB5015684*

    One package over every image.
.OUTPUTS
    Wimwright.ImagePackagesPackage
#>
function Get-WwPackage {
    [CmdletBinding()]
    [OutputType([Wimwright.ImagePackagesPackage])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [ValidateRange(1, 65535)]
        [int] $Index,

        [string] $PackageName,

        [switch] $All
    )

    process {
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                foreach ($package in $wim.GetPackages($Index, $All.IsPresent).Packages) {
                    if (-not $PackageName -or $package.Identity -like $PackageName) { $package }
                }
            }
            finally {
                $wim.Dispose()
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $file))
        }
    }
}
