# Run by Pester 5 where PowerShell is. The environment names a sample: WIMWRIGHT_IMAGE (two images, by
# scripts/sample-image) and WIMWRIGHT_UPDATE (by the example sample_update).
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../Wimwright/Wimwright.psd1') -Force
    $image = Join-Path $TestDrive 'install.wim'
    Copy-Item $env:WIMWRIGHT_IMAGE $image
}

Describe 'The module' {
    It 'exports what its manifest names, each with help and an example' {
        foreach ($command in Get-Command -Module Wimwright) {
            $help = Get-Help $command.Name -Full
            $help.Synopsis | Should -Not -BeNullOrEmpty
            $help.Examples.Example.Count | Should -BeGreaterThan 0
            foreach ($parameter in $help.Parameters.Parameter) {
                if ($parameter.Name -notin 'WhatIf', 'Confirm') { $parameter.Description | Should -Not -BeNullOrEmpty }
            }
        }
    }
}

Describe 'Get-WwImage' {
    It 'gives one object for each image' {
        (Get-WwImage -ImagePath $image).Count | Should -Be 2
        (Get-WwImage -ImagePath $image -Index 2).Edition | Should -Be 'Enterprise'
        (Get-Item $image | Get-WwImage -Name *Professional).Index | Should -Be 1
    }
    It 'fails with an id, a category and an HRESULT' {
        $failure = { Get-WwImage -ImagePath /nonexistent.wim } | Should -Throw -ErrorId 'Wimwright.NotFound*' -PassThru
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.Exception.HResult | Should -Be 0x80070002
    }
}

Describe 'Get-WwPackage' {
    It 'takes images from the pipeline' {
        (Get-WwImage $image | Get-WwPackage -PackageName *Foundation*).Count | Should -Be 2
    }
}

Describe 'Test-WwPackage and Add-WwPackage' {
    It 'decides without writing' {
        $before = (Get-FileHash $image).Hash
        (Test-WwPackage $image -PackagePath $env:WIMWRIGHT_UPDATE).Status | Should -Contain 'applicable'
        (Add-WwPackage $image -PackagePath $env:WIMWRIGHT_UPDATE -WhatIf).Status | Should -Contain 'applicable'
        (Get-FileHash $image).Hash | Should -Be $before
    }
    It 'services into a new file and gives the receipt' {
        $output = Join-Path $TestDrive 'new.wim'
        $receipt = Add-WwPackage $image -Index 1 -PackagePath $env:WIMWRIGHT_UPDATE -OutputPath $output -Confirm:$false
        $receipt.Written | Should -BeTrue
        (Test-WwImage $output).Problems | Should -BeNullOrEmpty
        (Compare-WwImage $image 1 -DifferenceImagePath $output -DifferenceIndex 1).Equal | Should -BeFalse
    }
}

Describe 'Export-WwImage, Set-WwImage, Remove-WwImage, Optimize-WwImage, Split-WwImage, Expand-WwImage' {
    It 'makes, changes and takes apart a file' {
        $new = Join-Path $TestDrive 'made.wim'
        (Export-WwImage $image -DestinationImagePath $new -CompressionType Xpress).Images.Count | Should -Be 2
        { Export-WwImage $image -DestinationImagePath $new } | Should -Throw -ErrorId 'Wimwright.AlreadyExists*'
        $null = Set-WwImage $new 1 -Name 'Another'
        (Get-WwImage $new -Index 1).Name | Should -Be 'Another'
        $null = Remove-WwImage $new 2 -Confirm:$false
        (Get-WwImage $new).Count | Should -Be 1
        $null = Optimize-WwImage $new
        (Split-WwImage $new -SplitImagePath (Join-Path $TestDrive 'made.swm') -FileSize 1).Parts.Count | Should -BeGreaterThan 0
        (Expand-WwImage $new 1 -ApplyPath (Join-Path $TestDrive 'tree')).Failed | Should -BeNullOrEmpty
    }
}

Describe 'Get-WwUpdate and Expand-WwUpdate' {
    It 'reads and unpacks' {
        (Get-WwUpdate $env:WIMWRIGHT_UPDATE).Kb | Should -Be 'KB9999999'
        (Expand-WwUpdate $env:WIMWRIGHT_UPDATE (Join-Path $TestDrive 'payload')).Failed | Should -BeNullOrEmpty
    }
}
