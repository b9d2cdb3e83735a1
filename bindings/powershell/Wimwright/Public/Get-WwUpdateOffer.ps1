<#
.SYNOPSIS
    Shows which imported updates an upgrade package can use.
.DESCRIPTION
    One object for each update and index, with the decision and its reason.
.PARAMETER Name
    The package's name or number.
.PARAMETER Index
    Only this index.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Get-WwUpdateOffer 'Windows 11 23H2' | Where-Object Offered

    What a schedule for all that applies takes.
.OUTPUTS
    Wimwright.OfferedUpdate
#>
function Get-WwUpdateOffer {
    [CmdletBinding()]
    [OutputType([Wimwright.OfferedUpdate])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [string] $Name,

        [ValidateRange(1, 65535)]
        [int] $Index,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $offer = Invoke-WwWork $opened 'GetOffer' @{ package = $Name } "Deciding for $Name"
                foreach ($update in $offer.Updates) {
                    if (-not $Index -or $update.Index -eq $Index) { $update }
                }
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
