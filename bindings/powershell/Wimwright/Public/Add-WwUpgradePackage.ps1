<#
.SYNOPSIS
    Adds a folder of Windows Setup's files as an upgrade package.
.DESCRIPTION
    The folder is only read. What its images had installed is recorded.
.PARAMETER SourcePath
    The folder that setup.exe lies in.
.PARAMETER Name
    Its name, at most 50 characters.
.PARAMETER Version
    Its version, free text.
.PARAMETER Comment
    A comment.
.PARAMETER Index
    The only index of its image to take; all where it is left out.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Add-WwUpgradePackage E:\ -Name 'Windows 11 23H2' -Version 2025-06 -Site D:\Site

    The files of a mounted medium.
.OUTPUTS
    Wimwright.UpgradePackageDetails
#>
function Add-WwUpgradePackage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.UpgradePackageDetails])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $SourcePath,

        [Parameter(Mandatory, Position = 1)]
        [string] $Name,

        [string] $Version,

        [string] $Comment,

        [ValidateRange(1, 65535)]
        [int] $Index,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, "Add from $SourcePath")) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $arguments = @{
                    source = (Resolve-WwPath $SourcePath)
                    name = $Name
                    version = $Version
                    comment = $Comment
                    index = $Index
                }
                Invoke-WwWork $opened 'AddPackage' $arguments "Adding $Name"
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
