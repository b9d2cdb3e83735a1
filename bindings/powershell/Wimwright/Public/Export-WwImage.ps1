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
        [int] $Threads
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($DestinationImagePath, "Export from $SourceImagePath")) { return }
        $ImagePath = $SourceImagePath
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $options = New-Object Wimwright.ExportOptions -Property @{
                    CompressionLevel = $CompressionLevel
                    Solid            = $Solid.IsPresent
                    Replace          = $Force.IsPresent
                    Threads          = $Threads
                }
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
