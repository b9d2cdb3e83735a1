# A full path as the library takes it: PowerShell's own location is not the process's.
function Resolve-WwPath {
    param([Parameter(Mandatory)] [string] $Path)

    $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}
