# An error with an id to go by (Wimwright.NotFound, ...), a category, and the file concerned.
function ConvertTo-WwErrorRecord {
    param(
        [Parameter(Mandatory)] [System.Management.Automation.ErrorRecord] $Record,
        [object] $Target
    )

    $failure = $Record.Exception
    while ($failure -isnot [Wimwright.WimwrightException] -and $failure.InnerException) {
        $failure = $failure.InnerException
    }
    if ($failure -isnot [Wimwright.WimwrightException]) { return $Record }
    $category = switch ($failure.Kind) {
        'InvalidArgument' { 'InvalidArgument' }
        'NotFound' { 'ObjectNotFound' }
        'AlreadyExists' { 'ResourceExists' }
        'PermissionDenied' { 'PermissionDenied' }
        'NoSpace' { 'WriteError' }
        'Io' { 'ReadError' }
        'Busy' { 'ResourceBusy' }
        'Cancelled' { 'OperationStopped' }
        'Unsupported' { 'NotImplemented' }
        'NotAvailable' { 'NotImplemented' }
        'UnsafePath' { 'SecurityError' }
        'Internal' { 'NotSpecified' }
        { $_ -in 'Malformed', 'Truncated', 'ChecksumMismatch', 'HashMismatch', 'LimitExceeded' } { 'InvalidData' }
        default { 'InvalidOperation' }
    }
    if ($failure.Path) { $Target = $failure.Path }
    New-Object System.Management.Automation.ErrorRecord $failure, "Wimwright.$($failure.Kind)", $category, $Target
}
