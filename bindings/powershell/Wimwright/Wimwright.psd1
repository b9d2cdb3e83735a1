@{
    RootModule           = 'Wimwright.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5d3c1f52-8f1a-4c0b-9a43-6f2f6a3e7b10'
    Author               = 'The Wimwright authors'
    Copyright            = '(c) The Wimwright authors. MIT or Apache-2.0.'
    Description          = 'Keeps Windows installation images up to date on any operating system, without Windows.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'
    FormatsToProcess     = @('Wimwright.Format.ps1xml')
    FunctionsToExport    = @(
        'Add-WwPackage',
        'Compare-WwImage',
        'Expand-WwImage',
        'Expand-WwUpdate',
        'Export-WwImage',
        'Get-WwImage',
        'Get-WwImageItem',
        'Get-WwPackage',
        'Get-WwUpdate',
        'Optimize-WwImage',
        'Remove-WwImage',
        'Set-WwImage',
        'Split-WwImage',
        'Test-WwImage',
        'Test-WwPackage'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}
