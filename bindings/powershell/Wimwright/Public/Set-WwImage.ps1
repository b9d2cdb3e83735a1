<#
.SYNOPSIS
    Sets what an image is called, or makes it boot.
.DESCRIPTION
    What is left out stays as it is.
.PARAMETER ImagePath
    The image file: a WIM, an ESD, or the first part of a split set.
.PARAMETER Index
    The image, from 1.
.PARAMETER Name
    Its name, which no other image of the file may have.
.PARAMETER Description
    Its description.
.PARAMETER Edition
    Its edition, as in Professional.
.PARAMETER Bootable
    Make it the image that boots.
.EXAMPLE
    Set-WwImage install.wim 1 -Name 'Windows 11 Pro'

    Another name.
.OUTPUTS
    Wimwright.CommitReport
#>
function Set-WwImage {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.CommitReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $ImagePath,

        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)]
        [ValidateRange(1, 65535)]
        [int] $Index,

        [string] $Name,

        [string] $Description,

        [string] $Edition,

        [switch] $Bootable
    )

    process {
        if (-not $PSCmdlet.ShouldProcess($ImagePath, "Change image $Index")) { return }
        $file = Resolve-WwPath $ImagePath
        try {
            $wim = [Wimwright.WimFile]::Open($file)
            try {
                $properties = New-Object Wimwright.ImageProperties
                if ($PSBoundParameters.ContainsKey('Name')) { $properties.Name = $Name }
                if ($PSBoundParameters.ContainsKey('Description')) { $properties.Description = $Description }
                if ($PSBoundParameters.ContainsKey('Edition')) { $properties.Edition = $Edition }
                if ($Bootable) { $properties.Boot = [Wimwright.Choice]::Yes }
                Invoke-WwWork $wim 'SetProperties' @{ index = $Index; properties = $properties } "Changing $file"
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
