<#
.SYNOPSIS
    Shows the receipt of a servicing run.
.DESCRIPTION
    All that was done to which index, what was not, why, and what is left to Windows.
.PARAMETER Id
    The run's number.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwServicingHistory 'Windows 11 23H2' | Select-Object -First 1 | Get-WwServicingReceipt

    The last run's.
.OUTPUTS
    Wimwright.Receipt
#>
function Get-WwServicingReceipt {
    [CmdletBinding()]
    [OutputType([Wimwright.Receipt])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [long] $Id,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $opened.GetReceipt($Id)
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
