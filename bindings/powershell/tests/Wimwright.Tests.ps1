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

Describe 'New-WwImage and Add-WwImage' {
    It 'make folders images' {
        $folder = Join-Path $TestDrive 'folder'
        $null = New-Item -Path (Join-Path $folder 'a.txt') -Value 'text' -Force
        $file = Join-Path $TestDrive 'captured.wim'
        (New-WwImage $file $folder -Name First -WhatIf) | Should -BeNullOrEmpty
        (New-WwImage $file $folder -Name First -CompressionType Xpress).Files | Should -Be 1
        { New-WwImage $file $folder -Name First } | Should -Throw -ErrorId 'Wimwright.AlreadyExists*'
        (Add-WwImage $file $folder -Name Second -Setbootable).Index | Should -Be 2
        (Get-WwImage $file).Count | Should -Be 2
    }
}

Describe 'Remove-WwPackage' {
    It 'takes out what a run staged' {
        $copy = Join-Path $TestDrive 'staged.wim'
        $receipt = Join-Path $TestDrive 'receipt.json'
        Copy-Item $image $copy
        $null = Add-WwPackage $copy -PackagePath $env:WIMWRIGHT_UPDATE -ReceiptPath $receipt -Confirm:$false
        (Compare-WwImage $image 1 -DifferenceImagePath $copy -DifferenceIndex 1).Equal | Should -BeFalse
        (Remove-WwPackage $copy -ReceiptPath $receipt -WhatIf).Written | Should -BeFalse
        (Remove-WwPackage $copy -ReceiptPath $receipt -Confirm:$false).Written | Should -BeTrue
    }
}

Describe 'Update-WwMedia' {
    BeforeAll {
        $medium = Join-Path $TestDrive 'medium'
        foreach ($name in 'setup.exe', 'sources/setup.exe', 'boot/etfsboot.com', 'efi/boot/bootx64.efi') {
            $null = New-Item -Path (Join-Path $medium $name) -Value $name -Force
        }
        Copy-Item $image (Join-Path $medium 'sources/install.wim')
        Copy-Item $image (Join-Path $medium 'sources/boot.wim')
    }
    It 'refuses what is no Dynamic Update, with an id' {
        $new = Join-Path $TestDrive 'refreshed'
        { Update-WwMedia $medium $new -CumulativeUpdatePath $env:WIMWRIGHT_UPDATE } |
            Should -Throw -ErrorId 'Wimwright.InvalidArgument*'
        { Update-WwMedia $medium $new } | Should -Throw -ErrorId 'Wimwright.InvalidArgument*'
        Test-Path $new | Should -BeFalse
    }
}

Describe 'Get-WwUpdate and Expand-WwUpdate' {
    It 'reads and unpacks' {
        (Get-WwUpdate $env:WIMWRIGHT_UPDATE).Kb | Should -Be 'KB9999999'
        (Expand-WwUpdate $env:WIMWRIGHT_UPDATE (Join-Path $TestDrive 'payload')).Failed | Should -BeNullOrEmpty
    }
}

Describe 'Upgrade packages' {
    BeforeAll {
        $site = Join-Path $TestDrive 'site'
        $media = Join-Path $TestDrive 'media'
        foreach ($name in 'setup.exe', 'sources/setup.exe', 'sources/lang.ini', 'boot/bcd', 'efi/boot/bootx64.efi') {
            $null = New-Item -Path (Join-Path $media $name) -Value $name -Force
        }
        Copy-Item $image (Join-Path $media 'sources/install.wim')
        Copy-Item $image (Join-Path $media 'sources/boot.wim')
        $null = New-WwSite $site
    }
    It 'are added, offered updates, serviced and distributed' {
        (Add-WwUpgradePackage $media 'p' -WhatIf -Site $site) | Should -BeNullOrEmpty
        (Get-WwUpgradePackage -Site $site) | Should -BeNullOrEmpty
        (Add-WwUpgradePackage $media 'p' -Version 1 -Site $site).Indexes.Count | Should -Be 2
        (Set-WwUpgradePackage 'p' -Comment 'changed' -Site $site).Version | Should -Be '1'
        (Import-WwUpdate $env:WIMWRIGHT_UPDATE -Site $site).Imported.Kb | Should -Be 'KB9999999'
        (Get-WwUpdateOffer 'p' -Index 1 -Site $site).Offered | Should -BeTrue
        (New-WwServicingSchedule 'p' -AllApplicable -Site $site).Selection | Should -Be 'all_applicable'
        $run = Start-WwServicingRun -Site $site -Confirm:$false
        $run.ToVersion | Should -Be 2
        ($run | Get-WwServicingReceipt -Site $site).Updates.Kb | Should -Be 'KB9999999'
        (Get-WwUpdateStatus 'p' -Index 1 -Site $site).Status | Should -Be 2
        $null = Add-WwDistributionPoint 'd' (Join-Path $TestDrive 'point') -Site $site
        (Start-WwContentDistribution 'p' 'd' -Site $site -Confirm:$false).State | Should -Be 0
        (Test-WwContent 'p' -Site $site).Problems | Should -BeNullOrEmpty
        (Restore-WwUpgradePackage 'p' -Site $site -Confirm:$false).Published | Should -Be 1
        (Test-WwSite $site).Problems | Should -BeNullOrEmpty
    }
    It 'that are not there fail with an id' {
        { Get-WwUpgradePackage 'none' -Site $site } | Should -Throw -ErrorId 'Wimwright.NotFound*'
    }
}

Describe 'Mount-WwImage and Dismount-WwImage' {
    It 'write what was changed' -Skip:(-not $IsLinux) {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'mount')).FullName
        (Mount-WwImage $image 1 $folder -OverlayPath (Join-Path $TestDrive 'overlay') -Confirm:$false).Mode | Should -Be 'rw'
        Set-Content (Join-Path $folder 'new.txt') 'text'
        (Dismount-WwImage $folder -Save -Confirm:$false).Committed.NewBlobs | Should -Be 1
        Get-WwMountedImage | Should -BeNullOrEmpty
    }
}
