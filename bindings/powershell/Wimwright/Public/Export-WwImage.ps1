<#
.SYNOPSIS
    Writes images as a new file.
.DESCRIPTION
    Chooses, joins, converts and repacks images. Contents that are stored the same way are taken over as they are.
.PARAMETER SourceImagePath
    The image file.
.PARAMETER SourceIndex
    The images in order, from 1; all where none is given.
.PARAMETER DestinationImagePath
    The new file.
.PARAMETER CompressionType
    How contents are compressed.
.PARAMETER CompressionLevel
    20 fast, 50 the default of wimlib, 100 thorough.
.PARAMETER Solid
    Pack the contents together, as in an ESD.
.PARAMETER CheckIntegrity
    Add an integrity table.
.PARAMETER Force
    Replace the file where it exists.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.PARAMETER DestinationName
    What the image is called in the destination, where it is one alone.
.PARAMETER DestinationDescription
    Its description there.
.PARAMETER Append
    A destination that exists gets the images behind its own.
.PARAMETER Recompress
    Compress even what is stored the same way already.
.PARAMETER ChunkSize
    Bytes of a chunk; 0 for the default.
.PARAMETER DeltaFrom
    Leave out what these image files have: the new file is a delta WIM, which is read with -ReferencePath.
.PARAMETER ReferencePath
    Image files that a delta WIM takes its other contents from; * and ? stand for several.
.EXAMPLE
    Export-WwImage install.wim -SourceIndex 3 -DestinationImagePath pro.wim

    One image as a file of its own.
.EXAMPLE
    Export-WwImage install.wim -DestinationImagePath install.esd -CompressionType Lzms -Solid

    A solid file.
.OUTPUTS
    Wimwright.ExportReport
#>
function Export-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.ExportReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('ImagePath', 'FullName', 'Path')]
        [string] $SourceImagePath,

        [int[]] $SourceIndex,

        [Parameter(Mandatory)]
        [string] $DestinationImagePath,

        [Wimwright.Compression] $CompressionType,

        [int] $CompressionLevel,

        [switch] $Solid,

        [switch] $CheckIntegrity,

        [switch] $Force,

        [ValidateRange(0, 1024)]
        [int] $Threads,

        [string] $DestinationName,

        [string] $DestinationDescription,

        [switch] $Append,

        [switch] $Recompress,

        [int] $ChunkSize,

        [string[]] $DeltaFrom,

        [string[]] $ReferencePath
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($DestinationImagePath, "Export from $SourceImagePath")) { return }
        $ImagePath = $SourceImagePath
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = Open-WwImageFile $file $ReferencePath
            try {
                $options = New-Object Wimwright.ExportOptions -Property @{
                    CompressionLevel = $CompressionLevel
                    Solid            = $Solid.IsPresent
                    Replace          = $Force.IsPresent
                    Threads          = $Threads
                    Append           = $Append.IsPresent
                    Recompress       = $Recompress.IsPresent
                    ChunkSize        = $ChunkSize
                }
                if ($DestinationName) { $options.Name = $DestinationName }
                if ($DestinationDescription) { $options.Description = $DestinationDescription }
                if ($DeltaFrom) { $options.DeltaFrom = [string[]] @($DeltaFrom | ForEach-Object { Resolve-WwPath $_ }) }
                if ($PSBoundParameters.ContainsKey('CompressionType')) { $options.Compression = $CompressionType }
                if ($CheckIntegrity) { $options.Integrity = [Wimwright.Choice]::Yes }
                $arguments = @{ destination = (Resolve-WwPath $DestinationImagePath); options = $options }
                if ($SourceIndex) { $arguments.indexes = $SourceIndex }
                Invoke-WwWork $wim 'Export' $arguments "Exporting $file"
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
