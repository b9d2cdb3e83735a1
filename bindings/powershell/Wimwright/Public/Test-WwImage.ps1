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
.PARAMETER ReferencePath
    Image files that a delta WIM takes its other contents from; * and ? stand for several.
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
        [int] $Threads,

        [string[]] $ReferencePath
    )

    process {
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = Open-WwImageFile $file $ReferencePath
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
