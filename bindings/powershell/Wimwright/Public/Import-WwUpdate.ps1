<#
.SYNOPSIS
    Takes updates into a site.
.DESCRIPTION
    Files (.msu, .cab); of a folder, every one below it. What could not be read is in the report's Failed.
.PARAMETER Path
    Files and folders.
.PARAMETER AllowBrokenSignature
    Take updates also whose signature is broken.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Import-WwUpdate .\updates -Site D:\Site

    Every update below a folder.
.OUTPUTS
    Wimwright.UpdateImportReport
#>
function Import-WwUpdate {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low')]
    [OutputType([Wimwright.UpdateImportReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('FullName')]
        [string[]] $Path,

        [switch] $AllowBrokenSignature,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess(($Path -join ', '), 'Import')) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                [string[]] $paths = $Path | ForEach-Object { Resolve-WwPath $_ }
                $arguments = @{ paths = $paths; allowBrokenSignature = $AllowBrokenSignature.IsPresent }
                Invoke-WwWork $opened 'ImportUpdates' $arguments 'Importing updates'
            }
            finally {
                $opened.Dispose()
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $folder))
        }
    }
}
