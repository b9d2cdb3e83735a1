<#
.SYNOPSIS
    Shows the images of an image file.
.DESCRIPTION
    Gives one object for each image: index, name, description, edition, version, architecture, sizes and languages. Nothing is mounted.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    Only this image, from 1.
.PARAMETER Name
    Only images of this name; wildcards are allowed.
.EXAMPLE
    Get-WwImage -ImagePath install.wim

    Every image of the file.
.EXAMPLE
    Get-ChildItem *.wim | Get-WwImage -Name *Pro*

    Images by name, over many files.
.OUTPUTS
    Wimwright.ImageFileInfoImage
#>
function Get-WwImage {
    [CmdletBinding()]
    [OutputType([Wimwright.ImageFileInfoImage])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Position = 1)]
        [ValidateRange(1, 65535)]
        [int] $Index,

        [string] $Name
    )

    process {
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                foreach ($image in $wim.GetInfo().Images) {
                    if ($PSBoundParameters.ContainsKey('Index') -and $image.Index -ne $Index) { continue }
                    if ($PSBoundParameters.ContainsKey('Name') -and $image.Name -notlike $Name) { continue }
                    $image | Add-Member -NotePropertyName ImagePath -NotePropertyValue $file -PassThru
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
