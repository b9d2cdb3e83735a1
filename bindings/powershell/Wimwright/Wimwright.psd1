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
        'Add-WwDistributionPoint',
        'Add-WwImage',
        'Add-WwPackage',
        'Add-WwUpgradePackage',
        'Compare-WwImage',
        'Dismount-WwImage',
        'Expand-WwImage',
        'Expand-WwUpdate',
        'Export-WwImage',
        'Export-WwPrestagedContent',
        'Export-WwSiteReport',
        'Get-WwContentDistribution',
        'Get-WwDistributionPoint',
        'Get-WwImage',
        'Get-WwImageItem',
        'Get-WwImportedUpdate',
        'Get-WwMountedImage',
        'Get-WwPackage',
        'Get-WwServicingHistory',
        'Get-WwServicingReceipt',
        'Get-WwServicingSchedule',
        'Get-WwSite',
        'Get-WwUpdate',
        'Get-WwUpdateOffer',
        'Get-WwUpdateStatus',
        'Get-WwUpgradePackage',
        'Import-WwPrestagedContent',
        'Import-WwUpdate',
        'Mount-WwImage',
        'New-WwImage',
        'New-WwServicingSchedule',
        'New-WwSite',
        'Optimize-WwImage',
        'Remove-WwContentDistribution',
        'Remove-WwDistributionPoint',
        'Remove-WwImage',
        'Remove-WwImportedUpdate',
        'Remove-WwPackage',
        'Remove-WwUpgradePackage',
        'Restore-WwUpgradePackage',
        'Set-WwImage',
        'Set-WwUpgradePackage',
        'Split-WwImage',
        'Start-WwContentDistribution',
        'Start-WwServicingRun',
        'Stop-WwServicingSchedule',
        'Test-WwContent',
        'Test-WwImage',
        'Test-WwPackage',
        'Test-WwSite',
        'Test-WwUpgradePackage',
        'Update-WwMedia',
        'Update-WwUpgradePackage'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}
