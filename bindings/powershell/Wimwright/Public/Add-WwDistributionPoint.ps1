<#
.SYNOPSIS
    Adds a distribution point to a site.
.DESCRIPTION
    A folder, s3://, az:// or gs://; http:// and https:// for validating. Credentials come from the environment or a file, and are in no record.
.PARAMETER Name
    Its name.
.PARAMETER Url
    Where it is.
.PARAMETER Endpoint
    The server, where it is not the provider's own.
.PARAMETER Region
    The region.
.PARAMETER CredentialFile
    A file with lines of name = value.
.PARAMETER AllowHttp
    Accept plain HTTP to the endpoint.
.PARAMETER Site
    The site's folder; else the environment's WRIGHT_SITE, else the current folder.
.EXAMPLE
    Add-WwDistributionPoint Berlin \\berlin\dp

    A share.
.EXAMPLE
    Add-WwDistributionPoint Cloud s3://bucket/dp -Endpoint https://s3.example.com -CredentialFile key.txt

    A bucket.
.OUTPUTS
    Wimwright.DistributionPoint
#>
function Add-WwDistributionPoint {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Low')]
    [OutputType([Wimwright.DistributionPoint])]
    param(
        [Parameter(Mandatory, Position = 0)]
        [string] $Name,

        [Parameter(Mandatory, Position = 1)]
        [string] $Url,

        [string] $Endpoint,

        [string] $Region,

        [string] $CredentialFile,

        [switch] $AllowHttp,

        [string] $Site
    )

    process {
        $folder = Resolve-WwSite $Site
        if (-not $PSCmdlet.ShouldProcess($Name, "Add $Url")) { return }
        try {
            $opened = [Wimwright.Site]::Open($folder)
            try {
                $file = if ($CredentialFile) { Resolve-WwPath $CredentialFile }
                $server = if ($Endpoint) { $Endpoint } else { [NullString]::Value }
                $place = if ($Region) { $Region } else { [NullString]::Value }
                $opened.AddPoint($Name, $Url, $server, $place, $file, $AllowHttp.IsPresent) | Where-Object Name -EQ $Name
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
