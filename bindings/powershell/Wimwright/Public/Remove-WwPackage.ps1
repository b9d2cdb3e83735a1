<#
.SYNOPSIS
    Takes out of an image again what a run staged.
.DESCRIPTION
    Goes by the receipt of the run. What is not as the run left it is refused, and on any failure the image is as it was.
.PARAMETER ImagePath
    The image file.
.PARAMETER ReceiptPath
    The receipt of the run: the file that Add-WwPackage -ReceiptPath or the command wrote.
.PARAMETER Index
    The images, from 1; all that the receipt names where none is given.
.PARAMETER OutputPath
    The file to write; the image is changed in place where it is left out.
.PARAMETER ScratchDirectory
    The folder for contents that do not fit in memory.
.EXAMPLE
    Remove-WwPackage install.wim -ReceiptPath receipt.json

    The image without what the run staged.
.EXAMPLE
    Remove-WwPackage install.wim -ReceiptPath receipt.json -WhatIf

    Everything is checked; nothing is written.
.OUTPUTS
    Wimwright.UnstageReport
#>
function Remove-WwPackage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.UnstageReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory)]
        [string] $ReceiptPath,

        [ValidateRange(1, 65535)]
        [int[]] $Index,

        [string] $OutputPath,

        [string] $ScratchDirectory
    )

    process {
        $file = Resolve-WwPath $ImagePath
        $target = $file
        if ($OutputPath) { $target = Resolve-WwPath $OutputPath }
        $go = $PSCmdlet.ShouldProcess($target, "Take out what $ReceiptPath staged")
        try {
            $options = New-Object Wimwright.UnstageOptions -Property @{ DryRun = -not $go }
            if ($Index) { $options.Indexes = $Index }
            if ($OutputPath) { $options.Output = $target }
            if ($ScratchDirectory) { $options.Temporary = Resolve-WwPath $ScratchDirectory }
            $receipt = [System.IO.File]::ReadAllText((Resolve-WwPath $ReceiptPath))
            $arguments = @{ path = $file; receipt = $receipt; options = $options }
            Invoke-WwWork ([Wimwright.ServicingSession]) 'Unstage' $arguments "Taking out of $target"
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $file))
        }
    }
}
