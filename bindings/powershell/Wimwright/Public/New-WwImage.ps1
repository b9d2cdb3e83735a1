<#
.SYNOPSIS
    Makes a folder the first image of a new image file.
.DESCRIPTION
    Captures a folder as New-WindowsImage does, on any system. The file is there whole or not at all. A file that is written to
    meanwhile makes the capture fail, with its name.
.PARAMETER ImagePath
    The new file.
.PARAMETER CapturePath
    The folder.
.PARAMETER Name
    What the image is called.
.PARAMETER Description
    Its description.
.PARAMETER CompressionType
    How contents are compressed.
.PARAMETER Solid
    Pack the contents together, as in an ESD.
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
.PARAMETER Reproducible
    The same folder gives the same bytes.
.PARAMETER Force
    Replace the file where it exists.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.EXAMPLE
    New-WwImage -ImagePath data.wim -CapturePath .\data -Name Data

    A folder as a file.
.EXAMPLE
    New-WwImage custom.wim .\tree -Name Custom -MetadataPath tree.json -Setbootable

    A tree that Expand-WwImage made, with what a folder cannot hold.
.OUTPUTS
    Wimwright.CaptureReport
#>
function New-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low')]
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

        [Wimwright.Compression] $CompressionType,

        [switch] $Solid,

        [string] $ConfigFilePath,

        [string] $MetadataPath,

        [switch] $NoRpFix,

        [switch] $Setbootable,

        [switch] $CheckIntegrity,

        [switch] $Reproducible,

        [switch] $Force,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($ImagePath, "Capture $CapturePath")) { return }
        $folder = Resolve-WwPath $CapturePath
        try {
            $properties = New-Object Wimwright.ImageProperties -Property @{ Name = $Name }
            if ($Description) { $properties.Description = $Description }
            if ($Setbootable) { $properties.Boot = [Wimwright.Choice]::Yes }
            $packing = New-Object Wimwright.ExportOptions -Property @{ Solid = $Solid.IsPresent; Replace = $Force.IsPresent; Threads = $Threads }
            if ($CheckIntegrity) { $packing.Integrity = [Wimwright.Choice]::Yes }
            if ($PSBoundParameters.ContainsKey('CompressionType')) { $packing.Compression = $CompressionType }
            $options = New-Object Wimwright.CaptureOptions -Property @{ Properties = $properties; Packing = $packing }
            if ($ConfigFilePath) { $options.Config = Resolve-WwPath $ConfigFilePath }
            if ($MetadataPath) { $options.Metadata = Resolve-WwPath $MetadataPath }
            if ($NoRpFix) { $options.FixLinks = [Wimwright.Choice]::No }
            $options.Reproducible = $Reproducible.IsPresent
            $arguments = @{ folder = $folder; destination = (Resolve-WwPath $ImagePath); options = $options }
            Invoke-WwWork ([Wimwright.WimFile]) 'Capture' $arguments "Capturing $folder"
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $folder))
        }
    }
}
