<#
.SYNOPSIS
    Verifies an image file.
.DESCRIPTION
    Decodes and hashes every content and reads every image. What is wrong is in the Problems of the result.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER SkipIntegrity
    Do not check the integrity table.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.EXAMPLE
    (Test-WwImage install.wim).Problems

    What is wrong with a file.
.OUTPUTS
    Wimwright.VerifyReport
#>
function Test-WwImage {
    [CmdletBinding()]
    [OutputType([Wimwright.VerifyReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [switch] $SkipIntegrity,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                Invoke-WwWork $wim 'Verify' @{ skipIntegrity = $SkipIntegrity.IsPresent; threads = $Threads } "Verifying $file"
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
