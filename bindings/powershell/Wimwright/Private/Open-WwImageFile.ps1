# An opened image file; what a delta leaves out comes from the files of ReferencePath.
function Open-WwImageFile {
    param(
        [Parameter(Mandatory)] [string] $Path,
        [string[]] $ReferencePath
    )

    $options = New-Object Wimwright.OpenOptions
    if ($ReferencePath) { $options.References = [string[]] @($ReferencePath | ForEach-Object { Resolve-WwPath $_ }) }
    [Wimwright.WimFile]::Open($Path, $options)
}
