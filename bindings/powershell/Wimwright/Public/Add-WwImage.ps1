<#
.SYNOPSIS
    Adds a folder as an image to an image file.
.DESCRIPTION
    Captures a folder as Add-WindowsImage does, on any system. Contents that the file has already are not written again. On any
    failure the file is as it was.
.PARAMETER ImagePath
    The image file.
.PARAMETER CapturePath
    The folder.
.PARAMETER Name
    What the image is called, which no other image of the file may be.
.PARAMETER Description
    Its description.
.PARAMETER ConfigFilePath
    A configuration (exclusion list) in the format of DISM; Windows' own list where it is left out.
.PARAMETER MetadataPath
    The metadata file that Expand-WwImage made of the folder.
.PARAMETER NoRpFix
    Leave absolute links as they are.
.PARAMETER Setbootable
    Make it the image that boots.
.PARAMETER CheckIntegrity
    Add an integrity table.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.EXAMPLE
    Add-WwImage -ImagePath data.wim -CapturePath .\data2 -Name 'More data'

    One more image.
.OUTPUTS
    Wimwright.CaptureReport
#>
function Add-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.CaptureReport])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $CapturePath,

        [Parameter(Mandatory)]
        [string] $Name,

        [string] $Description,

        [string] $ConfigFilePath,

        [string] $MetadataPath,

        [switch] $NoRpFix,

        [switch] $Setbootable,

        [switch] $CheckIntegrity,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($ImagePath, "Add $CapturePath")) { return }
        $file = Resolve-WwPath $ImagePath
        try {
            $properties = New-Object Wimwright.ImageProperties -Property @{ Name = $Name }
            if ($Description) { $properties.Description = $Description }
            if ($Setbootable) { $properties.Boot = [Wimwright.Choice]::Yes }
            $packing = New-Object Wimwright.ExportOptions -Property @{ Threads = $Threads }
            if ($CheckIntegrity) { $packing.Integrity = [Wimwright.Choice]::Yes }
            $options = New-Object Wimwright.CaptureOptions -Property @{ Properties = $properties; Packing = $packing }
            if ($ConfigFilePath) { $options.Config = Resolve-WwPath $ConfigFilePath }
            if ($MetadataPath) { $options.Metadata = Resolve-WwPath $MetadataPath }
            if ($NoRpFix) { $options.FixLinks = [Wimwright.Choice]::No }
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $arguments = @{ folder = (Resolve-WwPath $CapturePath); options = $options }
                Invoke-WwWork $wim 'Append' $arguments "Adding $CapturePath"
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
