<#
.SYNOPSIS
    Services images with updates.
.DESCRIPTION
    Lays everything that applies into every chosen image in one pass and writes the file once. On any failure the image is as it was. Gives the receipt.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The images, from 1; all where none is given.
.PARAMETER PackagePath
    Update files (.msu, .cab), or folders of them.
.PARAMETER Level
    How far packages are serviced.
.PARAMETER ContinueOnError
    Leave out an update that fails and go on with the others.
.PARAMETER ForceUndecided
    Lay in what cannot be decided to apply or not.
.PARAMETER AcceptPartial
    At level Install, carry out what can be also of a package that asks for more.
.PARAMETER AllowBrokenSignature
    Take updates also whose signature is broken.
.PARAMETER ReceiptPath
    A file that receives the receipt's document, for Remove-WwPackage to go by.
.PARAMETER OutputPath
    The file to write; the image is changed in place where it is left out.
.PARAMETER ScratchDirectory
    The folder for contents that do not fit in memory.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.EXAMPLE
    Add-WwPackage install.wim -Index 1,3 -PackagePath windows10.0-kb5015684-x64.msu

    Two images in place.
.EXAMPLE
    Add-WwPackage install.wim -PackagePath .\updates -OutputPath new.wim -ContinueOnError

    Every image, into a new file.
.EXAMPLE
    Add-WwPackage install.wim -PackagePath .\updates -WhatIf

    What would be done; nothing is written.
.OUTPUTS
    Wimwright.Receipt
#>
function Add-WwPackage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([Wimwright.Receipt])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Position = 1)]
        [ValidateRange(1, 65535)]
        [int[]] $Index,

        [Parameter(Mandatory)]
        [string[]] $PackagePath,

        [Wimwright.ServicingLevel] $Level,

        [switch] $ContinueOnError,

        [switch] $ForceUndecided,

        [switch] $AcceptPartial,

        [switch] $AllowBrokenSignature,

        [string] $ReceiptPath,

        [string] $OutputPath,

        [string] $ScratchDirectory,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        $file = Resolve-WwPath $ImagePath
        $options = New-Object Wimwright.SessionOptions -Property @{
            ContinueOnError      = $ContinueOnError.IsPresent
            ForceUndecided       = $ForceUndecided.IsPresent
            AcceptPartial        = $AcceptPartial.IsPresent
            AllowBrokenSignature = $AllowBrokenSignature.IsPresent
            Threads              = $Threads
        }
        if ($PSBoundParameters.ContainsKey('Level')) { $options.Level = $Level }
        if ($Index) { $options.Indexes = $Index }
        if ($OutputPath) { $options.Output = Resolve-WwPath $OutputPath }
        if ($ReceiptPath) { $options.ReceiptPath = Resolve-WwPath $ReceiptPath }
        if ($ScratchDirectory) { $options.Temporary = Resolve-WwPath $ScratchDirectory }
        $target = if ($OutputPath) { $options.Output } else { $file }
        $go = $PSCmdlet.ShouldProcess($target, "Add $($PackagePath -join ', ')")
        $options.DryRun = -not $go
        try {
            $session = [Wimwright.ServicingSession]::Open($file, $options)
            try {
                foreach ($package in $PackagePath) {
                    $arguments = @{ path = (Resolve-WwPath $package) }
                    $null = Invoke-WwWork $session 'AddUpdate' $arguments "Reading $package"
                }
                if ($go) {
                    Invoke-WwWork $session 'Commit' @{} "Servicing $target"
                }
                else {
                    # -WhatIf says what would be done, from the same plan.
                    $session.Plan().Decisions
                }
            }
            finally {
                $session.Dispose()
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $file))
        }
    }
}
