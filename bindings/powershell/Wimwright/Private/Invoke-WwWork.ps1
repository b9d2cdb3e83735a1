# Runs a method of the library on another thread and shows how far it is. Ctrl+C cancels it and waits for its end.
function Invoke-WwWork {
    param(
        [Parameter(Mandatory)] [object] $Target,
        [Parameter(Mandatory)] [string] $Method,
        [Parameter(Mandatory)] [hashtable] $Arguments,
        [Parameter(Mandatory)] [string] $Activity
    )

    $work = [Wimwright.Background]::Start($Target, $Method, $Arguments)
    try {
        while (-not $work.Wait(200)) {
            $latest = $work.Latest
            if (-not $latest) { continue }
            $percent = -1
            if ($latest.BytesTotal -gt 0) { $percent = [int][Math]::Min(100, 100 * $latest.BytesDone / $latest.BytesTotal) }
            $status = '{0}: {1:N0} of {2:N0} MB' -f $latest.Phase, ($latest.BytesDone / 1MB), ($latest.BytesTotal / 1MB)
            Write-Progress -Activity $Activity -Status $status -CurrentOperation $latest.Item -PercentComplete $percent
        }
        $work.GetResult()
    }
    finally {
        $work.Dispose()
        Write-Progress -Activity $Activity -Completed
    }
}
