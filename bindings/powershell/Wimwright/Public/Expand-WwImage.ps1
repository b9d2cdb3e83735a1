<#
.SYNOPSIS
    Writes the files of an image to a folder.
.DESCRIPTION
    Extracts a whole image or parts of it on all cores. Nothing is written outside the folder.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The image, from 1.
.PARAMETER ApplyPath
    The folder; it is made where it is missing.
.PARAMETER ItemPath
    Files and folders of the image; all of it where none is given.
.PARAMETER Force
    Replace files that exist.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.EXAMPLE
    Expand-WwImage install.wim 1 -ApplyPath .\tree

    A whole image.
.EXAMPLE
    Expand-WwImage install.wim 1 -ApplyPath .\tree -ItemPath Windows\Panther

    One folder.
.OUTPUTS
    Wimwright.ExtractReport
#>
function Expand-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.ExtractReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [ValidateRange(1, 65535)]
        [int] $Index,

        [Parameter(Mandatory)]
        [string] $ApplyPath,

        [string[]] $ItemPath,

        [switch] $Force,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($ApplyPath, "Extract image $Index of $ImagePath")) { return }
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $arguments = @{ index = $Index; destination = (Resolve-WwPath $ApplyPath); overwrite = $Force.IsPresent; threads = $Threads }
                if ($ItemPath) { $arguments.paths = $ItemPath }
                Invoke-WwWork $wim 'Extract' $arguments "Extracting $file"
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
