<#
.SYNOPSIS
    Tells whether updates apply to images, and why not.
.DESCRIPTION
    Decodes and verifies each update and decides, image by image. Nothing is written.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The images, from 1; all where none is given.
.PARAMETER PackagePath
    Update files (.msu, .cab), or folders of them.
.PARAMETER Threads
    Threads to use; 0 for one for each core.
.EXAMPLE
    Test-WwPackage install.wim -PackagePath .\updates

    What would happen to every image.
.OUTPUTS
    Wimwright.ServicingPlanDecision
#>
function Test-WwPackage {
    [CmdletBinding()]
    [OutputType([Wimwright.ServicingPlanDecision])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Position = 1)]
        [ValidateRange(1, 65535)]
        [int[]] $Index,

        [Parameter(Mandatory)]
        [string[]] $PackagePath,

        [ValidateRange(0, 1024)]
        [int] $Threads
    )

    process {
        $file = Resolve-WwPath $ImagePath
        $options = New-Object Wimwright.SessionOptions -Property @{ DryRun = $true; ContinueOnError = $true; Threads = $Threads }
        if ($Index) { $options.Indexes = $Index }
        try {
            $session = [Wimwright.ServicingSession]::Open($file, $options)
            try {
                foreach ($package in $PackagePath) {
                    $arguments = @{ path = (Resolve-WwPath $package) }
                    $null = Invoke-WwWork $session 'AddUpdate' $arguments "Reading $package"
                }
                $session.Plan().Decisions
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
