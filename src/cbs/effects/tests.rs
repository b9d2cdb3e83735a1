//! One component with everything in it, real manifests, and what is left to Windows.

use super::*;
use crate::registry::ValueKind;

const ID: &str = "version='1.2.3.4' language='neutral' publicKeyToken='31bf' versionScope='nonSxS'";

fn effects(architecture: &str, body: &str) -> Effects {
    let text = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v3' manifestVersion='1.0'>
         <assemblyIdentity name='C' processorArchitecture='{architecture}' {ID}/>{body}</assembly>"
    );
    Effects::of(text.as_bytes(), &Facts::new(Architecture::Amd64), &Limits::default()).unwrap()
}

const EVERYTHING: &str = r#"
  <dependency discoverable='no'><dependentAssembly dependencyType='install'><assemblyIdentity name='D' version='1.0.0.0'/></dependentAssembly></dependency>
  <file name='a.dll' destinationPath='$(runtime.system32)\' sourceName='b.dll' sourcePath='.\' importPath='x'>
    <securityDescriptor name='F'/><link destination='$(runtime.windows)\b.dll'/><link destination='$(runtime.inf)\'/><systemProtection behavior='inherit'/></file>
  <file name='sub\c.dll' destinationPath='$(runtime.programFiles)\X' destinationName='d.dll'/>
  <file name='stays.dll'/>
  <directories><directory destinationPath='$(runtime.programData)\New' owner='true'><securityDescriptor name='D'/></directory></directories>
  <registryKeys>
    <registryKey keyName='HKEY_LOCAL_MACHINE\SOFTWARE\K\' owner='true'>
      <registryValue name='' valueType='REG_SZ' value='$(runtime.system32)\a.dll' owner='true'/>
      <registryValue name='e' valueType='REG_EXPAND_SZ' value='%x%'/>
      <registryValue name='m' valueType='REG_MULTI_SZ' value='"a","$(runtime.windows)"' operationHint='append'/>
      <registryValue name='d' valueType='REG_DWORD' value='0x10' mutable='true' operationHint='replace'/>
      <registryValue name='q' valueType='REG_QWORD' value='0800'/>
      <registryValue name='b' valueType='REG_BINARY' value='0102'/>
      <registryValue name='n' valueType='REG_NONE' value=''/>
      <securityDescriptor name='K'/></registryKey>
    <registryKey keyName='HKEY_CLASSES_ROOT\CLSID\{1}'/>
    <registryKey keyName='HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\S'/>
  </registryKeys>
  <localization><resources culture='en-US'/></localization>
  <memberships><categoryMembership><id name='Microsoft.Windows.Categories' typeName='BootRecovery'/></categoryMembership></memberships>
  <trustInfo><security><accessControl><securityDescriptorDefinitions>
    <securityDescriptorDefinition name='F' sddl='O:BAG:BAD:P(A;;GA;;;SY)' operationHint='replace'/>
    <securityDescriptorDefinition name='D' sddl='D:(A;OICI;GA;;;SY)'/>
    <securityDescriptorDefinition name='K' sddl='D:P(A;CI;KA;;;BA)'/>
  </securityDescriptorDefinitions></accessControl></security></trustInfo>"#;

fn paths(effects: &Effects) -> Vec<String> {
    effects.files.iter().flat_map(|f| &f.links).map(ToString::to_string).collect()
}

#[test]
fn a_component_is_carried_out_whole() {
    let e = effects("amd64", EVERYTHING);
    assert_eq!(e.not_carried_out, []);
    assert!(e.is_complete());
    assert_eq!(
        paths(&e),
        [r"\Windows\System32\a.dll", r"\Windows\b.dll", r"\Windows\INF\a.dll", r"\Program Files\X\d.dll"]
    );
    assert_eq!((e.files[2].name.as_str(), e.files[2].links.len()), ("stays.dll", 0));
    assert_eq!(e.files[0].descriptor.as_ref().unwrap().owner.as_ref().unwrap().to_string(), "S-1-5-32-544");
    assert_eq!(e.directories[0].path.to_string(), r"\ProgramData\New");
    let keys: Vec<_> = e.keys.iter().map(|k| (k.hive, k.path.as_str(), k.descriptor.is_some())).collect();
    assert_eq!(
        keys,
        [
            (HiveFile::Software, "K", true),
            (HiveFile::Software, r"Classes\CLSID\{1}", false),
            (HiveFile::System, r"ControlSet001\S", false)
        ]
    );
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let of = |at: usize| &e.keys[0].values[at];
    assert_eq!((of(0).kind, &of(0).data), (ValueKind::SZ, &utf16("C:\\Windows\\System32\\a.dll\0")));
    assert_eq!((of(1).kind, &of(1).data), (ValueKind::EXPAND_SZ, &utf16("%x%\0")));
    assert_eq!((of(2).append, &of(2).data), (true, &utf16("a\0C:\\Windows\0\0")));
    assert_eq!((of(3).mutable, of(3).kind, &of(3).data), (true, ValueKind::DWORD, &vec![16, 0, 0, 0]));
    assert_eq!((of(4).kind, &of(4).data), (ValueKind::QWORD, &vec![0, 8, 0, 0, 0, 0, 0, 0]));
    assert_eq!((of(5).kind, &of(5).data), (ValueKind::BINARY, &vec![1, 2]));
    assert_eq!((of(6).kind, of(6).data.len()), (ValueKind::NONE, 0));
    assert_eq!(
        e.passed_over,
        ["file/systemProtection", "localization", "memberships/categoryMembership/BootRecovery"]
    );
}

#[test]
fn a_32_bit_component_has_its_own_places() {
    let e = effects("wow64", EVERYTHING);
    assert_eq!(paths(&e)[0], r"\Windows\SysWOW64\a.dll");
    assert_eq!(paths(&e)[3], r"\Program Files (x86)\X\d.dll");
    assert_eq!(
        (e.keys[0].path.as_str(), e.keys[1].path.as_str()),
        (r"Wow6432Node\K", r"Classes\Wow6432Node\CLSID\{1}")
    );
    let other = effects("arm64", EVERYTHING);
    assert!(other.files.is_empty() && other.keys.is_empty());
    assert_eq!(other.not_carried_out[0].element, "assemblyIdentity@processorArchitecture");
}

#[test]
fn what_is_not_carried_out_is_listed() {
    let e = effects(
        "amd64",
        r"<file name='a' destinationPath='C:\x' writeableType='static'><infFile/><securityDescriptor name='none'/><oddity/></file>
           <registryKeys><registryKey keyName='HKEY_LOCAL_MACHINE\HARDWARE\x'/>
             <registryKey keyName='HKEY_LOCAL_MACHINE\SOFTWARE\x' perUserVirtualization='Enable'>
               <registryValue name='bad' valueType='REG_DWORD' value='z'/><registryValue name='s' valueType='REG_SZ' value='a' operationHint='append'/>
               <registryValue name='o' valueType='REG_SZ' value='a' operationHint='delete'/></registryKey></registryKeys>
           <memberships><categoryMembership><id name='Cat' typeName='Service'/><categoryInstance><serviceData/><serviceData/></categoryInstance></categoryMembership>
             <categoryMembership><id name='Other'/></categoryMembership></memberships>
           <instrumentation><events/><counters/></instrumentation><taskScheduler/><brandNew><serviceData/></brandNew>
           <directories><directory destinationPath='$(runtime.what)'/></directories>
           <trustInfo><security><accessControl><trustees/><securityDescriptorDefinitions>
             <securityDescriptorDefinition name='A' sddl='D:P' operationHint='append'/><securityDescriptorDefinition name='B' sddl='Q'/>
           </securityDescriptorDefinitions></accessControl></security></trustInfo>",
    );
    let listed: Vec<_> =
        e.not_carried_out.iter().map(|n| (n.element.as_str(), n.what.as_str(), n.count)).collect();
    for expected in [
        ("file@writeableType", "an attribute that is not known", 1),
        ("file/infFile", "a driver", 1),
        ("file/oddity", "an element that is not known", 1),
        ("registryKeys/registryKey@perUserVirtualization", "an attribute that is not known", 1),
        ("memberships/Service/serviceData", "a service", 2),
        ("memberships/Other", "a membership in a category", 1),
        ("instrumentation/events", "event providers and channels", 1),
        ("instrumentation/counters", "performance counters", 1),
        ("taskScheduler", "scheduled tasks", 1),
        ("brandNew", "an element that is not known", 1),
        ("trustInfo/security/accessControl/trustees", "local groups", 1),
        ("file/securityDescriptor", "the manifest does not define the descriptor 'none'", 1),
        (
            "registryKeys/registryKey",
            r"the key 'HKEY_LOCAL_MACHINE\HARDWARE\x' lies in no hive of an image",
            1,
        ),
        ("directories/directory", "the macro '$(runtime.what)' is not known", 1),
    ] {
        assert!(listed.contains(&expected), "{expected:?} in {listed:#?}");
    }
    let values = listed.iter().filter(|l| l.0 == "registryKeys/registryKey/registryValue").count();
    let descriptors = listed.iter().filter(|l| l.0 == "trustInfo/securityDescriptorDefinition").count();
    assert_eq!((values, descriptors, listed.len()), (3, 2, 20));
    assert_eq!(e.not_carried_out[4].to_string(), "memberships/Service/serviceData: a service (2 times)");
}

#[test]
fn com_classes_of_win32_assemblies_need_no_registration() {
    let body = "<file name='a'><comClass/></file>";
    assert!(!effects("amd64", body).is_complete());
    let text = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v1'><assemblyIdentity name='C' type='win32' processorArchitecture='x86' {ID}/>{body}</assembly>"
    );
    let e = Effects::of(text.as_bytes(), &Facts::new(Architecture::X86), &Limits::default()).unwrap();
    assert!(e.is_complete(), "{:?}", e.not_carried_out);
}

#[test]
fn lists_are_merged_without_case() {
    let of = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    assert_eq!(merged(&of(&["A", "b"]), &of(&["a", "C", "c"])), of(&["A", "b", "C"]));
}
