<#
.SYNOPSIS
    Writes every file of an update, rebuilt and verified.
.DESCRIPTION
    Each file is checked against the digest that the package declares for it.
.PARAMETER PackagePath
    The update file: .msu or .cab.
.PARAMETER DestinationPath
    The folder.
.PARAMETER KeepDeltas
    Write deltas and other intermediate members too.
.PARAMETER Dictionary
    A wcp.dll; with it, compressed manifests are written as plain XML.
.EXAMPLE
    Expand-WwUpdate windows10.0-kb5015684-x64.msu .\payload

    The files of an update.
.OUTPUTS
    Wimwright.UnpackReport
#>
function Expand-WwUpdate {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.UnpackReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $PackagePath,

        [Parameter(Mandatory, Position = 1)]
        [string] $DestinationPath,

        [switch] $KeepDeltas,

        [string] $Dictionary
    )

    process {
        $file = Resolve-WwPath $PackagePath
        if (-not $PSCmdlet.ShouldProcess($DestinationPath, "Unpack $file")) { return }
        try {
            $arguments = @{ source = $file; destination = (Resolve-WwPath $DestinationPath); keepDeltas = $KeepDeltas.IsPresent }
            if ($Dictionary) { $arguments.dictionary = Resolve-WwPath $Dictionary }
            Invoke-WwWork ([Wimwright.UpdatePackage]) 'Unpack' $arguments "Unpacking $file"
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $file))
        }
    }
}
