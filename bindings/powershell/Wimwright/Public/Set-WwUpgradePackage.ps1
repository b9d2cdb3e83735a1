<#
.SYNOPSIS
    Changes an upgrade package.
.DESCRIPTION
    Name, version, comment, source, how many versions are kept. What is left out stays as it is.
.PARAMETER Name
    The package's name or number.
.PARAMETER NewName
    A new name.
.PARAMETER Version
    A new version.
.PARAMETER Comment
    A new comment.
.PARAMETER SourcePath
    Another source folder.
.PARAMETER Keep
    How many versions of its content are kept.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Set-WwUpgradePackage 'Windows 11 23H2' -Version 2025-07 -Keep 2

    Another version's name, two versions kept.
.OUTPUTS
    Wimwright.UpgradePackageDetails
#>
function Set-WwUpgradePackage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low')]
    [OutputType([Wimwright.UpgradePackageDetails])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [string] $NewName,

        [string] $Version,

        [string] $Comment,

        [string] $SourcePath,

        [ValidateRange(0, 1000)]
        [int] $Keep,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, 'Change the package')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $source = if ($SourcePath) { Resolve-WwPath $SourcePath }
                $newVersion = if ($PSBoundParameters.ContainsKey('Version')) { $Version } else { [NullString]::Value }
                $newComment = if ($PSBoundParameters.ContainsKey('Comment')) { $Comment } else { [NullString]::Value }
                $called = if ($NewName) { $NewName } else { [NullString]::Value }
                $opened.SetPackage($Name, $called, $newVersion, $newComment, $source, $Keep)
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
