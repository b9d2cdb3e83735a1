# Loads the assembly for this system, and the commands: one a file.
$ErrorActionPreference = 'Stop'

$system = 'win'
if ($PSVersionTable.PSVersion.Major -ge 6) {
    if ($IsLinux) { $system = 'linux' } elseif ($IsMacOS) { $system = 'osx' }
}
$processor = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture.ToString().ToLowerInvariant()
# The native library lies beside the assembly, where .NET Framework and .NET both look for it.
Add-Type -Path (Join-Path $PSScriptRoot "lib/$system-$processor/Wimwright.Net.dll")
[Wimwright.Library]::Check()

foreach ($folder in 'Private', 'Public') {
    foreach ($file in Get-ChildItem -Path (Join-Path $PSScriptRoot $folder) -Filter *.ps1) {
        . $file.FullName
    }
}

# The images that this session serves, by folder. What is mounted still when the module goes keeps its changes.
$script:WwMounts = @{}
$ExecutionContext.SessionState.Module.OnRemove = {
    foreach ($mounted in $script:WwMounts.Values) { $mounted.Dispose() }
}
