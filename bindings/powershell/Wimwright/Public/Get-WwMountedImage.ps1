<#
.SYNOPSIS
    Shows the mounted images of this user.
.DESCRIPTION
    Also what crashes left of them.
.PARAMETER Clean
    Clean up what crashes left first; changes stay in their folders.
.EXAMPLE
    Get-WwMountedImage

    Every mount.
.OUTPUTS
    Wimwright.MountInfo
#>
function Get-WwMountedImage {
    [CmdletBinding()]
    [OutputType([Wimwright.MountInfo])]
    param(
        [switch] $Clean
    )

    process {
        try {
            [Wimwright.MountedImage]::List($Clean.IsPresent)
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $null))
        }
    }
}
