<#
.SYNOPSIS
    Mounts an image on a folder.
.DESCRIPTION
    This PowerShell serves it until Dismount-WwImage; when it ends before, changes stay in their overlay folder. Linux only: elsewhere the error Wimwright.Unsupported says so, and Expand-WwImage does without.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The image, from 1.
.PARAMETER Path
    The folder to mount on.
.PARAMETER ReadOnly
    The image cannot be changed.
.PARAMETER OverlayPath
    The folder that takes the changes, a new or empty one; else one below the user's state folder.
.PARAMETER Threads
    Threads to use; 0 for one more than there are cores.
.EXAMPLE
    Mount-WwImage install.wim 1 ./mount -ReadOnly

    To look around.
.OUTPUTS
    Wimwright.MountInfo
#>
function Mount-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.MountInfo])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName')]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [ValidateRange(1, 65535)]
        [int] $Index,

        [Parameter(Mandatory, Position = 2)]
        [string] $Path,

        [switch] $ReadOnly,

        [string] $OverlayPath,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        $file = Resolve-WwPath $ImagePath
        $folder = Resolve-WwPath $Path
        if (-not $PSCmdlet.ShouldProcess($folder, "Mount image $Index of $file")) { return }
        $overlay = if ($OverlayPath) { Resolve-WwPath $OverlayPath } else { [NullString]::Value }
        try {
            $mounted = [Wimwright.MountedImage]::Open($file, $Index, $folder, (-not $ReadOnly), $overlay, $Threads)
            $script:WwMounts[$folder] = $mounted
            [Wimwright.MountedImage]::List($false) | Where-Object Dir -EQ $folder
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $folder))
        }
    }
}
