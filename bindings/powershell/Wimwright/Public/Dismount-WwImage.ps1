<#
.SYNOPSIS
    Unmounts an image.
.DESCRIPTION
    With -Save its changes are written into the image file, with -Discard they are given up. Also ends what another process of this user has mounted, or what a crash left of it.
.PARAMETER Path
    The folder it is mounted on.
.PARAMETER Save
    Write the changes into the image file.
.PARAMETER Discard
    Give the changes up.
.EXAMPLE
    Dismount-WwImage ./mount -Save

    The image has the changes.
.EXAMPLE
    Get-WwMountedImage | Dismount-WwImage -Discard

    Nothing stays mounted.
.OUTPUTS
    Wimwright.UnmountReport
#>
function Dismount-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High', DefaultParameterSetName = 'Save')]
    [OutputType([Wimwright.UnmountReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('Dir')]
        [string] $Path,

        [Parameter(Mandatory, ParameterSetName = 'Save')]
        [switch] $Save,

        [Parameter(Mandatory, ParameterSetName = 'Discard')]
        [switch] $Discard
    )

    process {
        $folder = Resolve-WwPath $Path
        if (-not $PSCmdlet.ShouldProcess($folder, $PSCmdlet.ParameterSetName)) { return }
        $ending = if ($Save) { [Wimwright.MountEnding]::Commit } else { [Wimwright.MountEnding]::Discard }
        try {
            $mounted = $script:WwMounts[$folder]
            if ($mounted) {
                Invoke-WwWork $mounted 'End' @{ ending = $ending } "Unmounting $folder"
                $script:WwMounts.Remove($folder)
                $mounted.Dispose()
            }
            else {
                $arguments = @{ directory = $folder; ending = $ending }
                Invoke-WwWork ([Wimwright.MountedImage]) 'Unmount' $arguments "Unmounting $folder"
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $folder))
        }
    }
}
