<#
.SYNOPSIS
    Brings Windows Setup's media up to date: Dynamic Update.
.DESCRIPTION
    Makes a new folder of a medium, in the order of Microsoft's procedure: Windows RE is serviced once and put back into every
    index, the install image and the boot image are serviced, Setup's update is expanded into sources, and Setup's programs and
    boot managers of the boot image are copied over the medium's. The medium is only read; the new folder is there whole or not
    at all. Gives a report.
.PARAMETER MediaPath
    The medium: the folder that setup.exe lies in.
.PARAMETER DestinationPath
    The new folder; nothing may be there.
.PARAMETER CumulativeUpdatePath
    The cumulative update, or the folder that holds it with its checkpoints and nothing else.
.PARAMETER SafeOSUpdatePath
    The Safe OS Dynamic Update, for Windows RE.
.PARAMETER SetupUpdatePath
    The Setup Dynamic Update, for sources.
.PARAMETER DotNetUpdatePath
    The cumulative update of .NET.
.PARAMETER Index
    The images of the install image to service, from 1; all where none is given.
.PARAMETER Level
    How far packages are serviced: Stage or Install.
.PARAMETER AcceptPartial
    At level Install, carry out what can be also of a package that asks for more.
.PARAMETER ForceUndecided
    Lay in what cannot be decided to apply or not.
.PARAMETER ContinueOnError
    Leave out what fails and go on with the rest.
.PARAMETER NoHardLink
    Copy files that stay as they are instead of making hard links of the medium's own.
.PARAMETER AllowBrokenSignature
    Take updates also whose signature is broken.
.PARAMETER ReceiptPath
    The folder that receives the receipts; one beside the new folder where it is left out.
.PARAMETER IsoPath
    An ISO image to make of the new folder; needs the program xorriso.
.PARAMETER IsoLabel
    The ISO image's volume label.
.EXAMPLE
    Update-WwMedia D:\ E:\win11 -CumulativeUpdatePath .\lcu -SafeOSUpdatePath .\safeos.cab -SetupUpdatePath .\setup.cab

    A medium with everything brought up to date.
.EXAMPLE
    Update-WwMedia D:\ E:\win11 -CumulativeUpdatePath .\lcu -WhatIf | Select-Object -ExpandProperty Images

    What would become of each image; nothing is written.
.EXAMPLE
    Update-WwMedia /mnt/win11 /srv/win11 -CumulativeUpdatePath lcu -Index 1,3 -IsoPath /srv/win11.iso -IsoLabel WIN11

    Two editions, and an ISO image of the result.
.OUTPUTS
    Wimwright.MediaRefreshReport
#>
function Update-WwMedia {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType([Wimwright.MediaRefreshReport])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'Path')]
        [string] $MediaPath,

        [Parameter(Mandatory, Position = 1)]
        [string] $DestinationPath,

        [string] $CumulativeUpdatePath,

        [string] $SafeOSUpdatePath,

        [string] $SetupUpdatePath,

        [string] $DotNetUpdatePath,

        [ValidateRange(1, 65535)]
        [int[]] $Index,

        [ValidateSet('Stage', 'Install')]
        [string] $Level,

        [switch] $AcceptPartial,

        [switch] $ForceUndecided,

        [switch] $ContinueOnError,

        [switch] $NoHardLink,

        [switch] $AllowBrokenSignature,

        [string] $ReceiptPath,

        [string] $IsoPath,

        [string] $IsoLabel
    )

    process {
        $medium = Resolve-WwPath $MediaPath
        $output = Resolve-WwPath $DestinationPath
        # -WhatIf says what would be done, from the same work.
        $go = $PSCmdlet.ShouldProcess($output, "Bring up to date from $medium")
        try {
            $options = New-Object Wimwright.RefreshOptions -Property @{
                AcceptPartial        = $AcceptPartial.IsPresent
                ForceUndecided       = $ForceUndecided.IsPresent
                ContinueOnError      = $ContinueOnError.IsPresent
                NoHardLinks          = $NoHardLink.IsPresent
                DryRun               = -not $go
                AllowBrokenSignature = $AllowBrokenSignature.IsPresent
            }
            if ($Level) { $options.Level = $Level }
            if ($Index) { $options.Indexes = $Index }
            if ($CumulativeUpdatePath) { $options.Cumulative = Resolve-WwPath $CumulativeUpdatePath }
            if ($SafeOSUpdatePath) { $options.SafeOs = Resolve-WwPath $SafeOSUpdatePath }
            if ($SetupUpdatePath) { $options.Setup = Resolve-WwPath $SetupUpdatePath }
            if ($DotNetUpdatePath) { $options.DotNet = Resolve-WwPath $DotNetUpdatePath }
            if ($ReceiptPath) { $options.Receipts = Resolve-WwPath $ReceiptPath }
            if ($IsoPath) { $options.Iso = Resolve-WwPath $IsoPath }
            if ($IsoLabel) { $options.Label = $IsoLabel }
            $arguments = @{ medium = $medium; output = $output; options = $options }
            Invoke-WwWork ([Wimwright.Media]) 'Refresh' $arguments "Bringing $medium up to date"
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-WwErrorRecord $_ $medium))
        }
    }
}
