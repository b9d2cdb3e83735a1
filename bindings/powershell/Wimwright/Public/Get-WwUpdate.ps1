<#
.SYNOPSIS
    Shows what an update file is.
.DESCRIPTION
    KB, digests, and for each package its identity, architecture, parents and counts. Nothing is rebuilt or written.
.PARAMETER PackagePath
    The update file: .msu or .cab.
.EXAMPLE
    Get-ChildItem *.msu | Get-WwUpdate

    Every update of a folder.
.OUTPUTS
    Wimwright.UpdateInfo
#>
function Get-WwUpdate {
    [CmdletBinding()]
    [OutputType([Wimwright.UpdateInfo])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $PackagePath
    )

    process {
        $file = Resolve-WwPath $PackagePath
        try {
            [Wimwright.UpdatePackage]::Inspect($file)
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $file))
        }
    }
}
