//! A made-up component in three versions: what each projects and writes, and what a newer one takes back of an older one.

use super::common::{self, temp};
use super::{hive, image, in_store, install, links};
use std::fs;
use std::path::Path;

/// A package with one component of this version, as a cabinet.
fn made_up(dir: &Path, version: &str, files: &[(&str, &[u8])], body: &str) -> String {
    use wimwright::cbs::{Identity, keyform};
    let identity = |name: &str| Identity {
        name: name.into(),
        version: version.parse().unwrap(),
        architecture: "amd64".into(),
        public_key_token: "31bf3856ad364e35".into(),
        version_scope: "nonSxS".into(),
        ..Identity::default()
    };
    let element = |name: &str| {
        format!(
            "<assemblyIdentity name='{name}' version='{version}' processorArchitecture='amd64' language='neutral' \
             publicKeyToken='31bf3856ad364e35' versionScope='nonSxS'/>"
        )
    };
    let assembly = |body: &str| {
        format!("<assembly xmlns='urn:schemas-microsoft-com:asm.v3' manifestVersion='1.0'>{body}</assembly>")
            .into_bytes()
    };
    let (component, deployment) = (identity("Made-Up"), identity("Made-Up-Deployment"));
    let list = files
        .iter()
        .map(|(name, _)| {
            format!("<file name='{name}' destinationPath='$(runtime.system32)\\made\\'><securityDescriptor name='F'/></file>")
        })
        .collect::<Vec<String>>()
        .concat();
    let manifest = assembly(&format!("{}{list}{body}", element("Made-Up")));
    let root = assembly(&format!(
        "{}<deployment/><dependency><dependentAssembly dependencyType='install'>{}</dependentAssembly></dependency>",
        element("Made-Up-Deployment"),
        element("Made-Up")
    ));
    let mum = assembly(&format!(
        "<assemblyIdentity name='Package_for_MadeUp' version='{version}' processorArchitecture='amd64' language='neutral' \
         publicKeyToken='31bf3856ad364e35'/><package identifier='KB1' releaseType='Update'><update name='u'><component>{}\
         </component></update></package>",
        element("Made-Up-Deployment")
    ));
    let folder = keyform::component(&component);
    let mut members: Vec<(String, Vec<u8>)> = vec![
        ("update.mum".into(), mum),
        ("update.cat".into(), format!("no catalog {version}").into_bytes()),
        (format!("{folder}.manifest"), manifest),
        (format!("{}.manifest", keyform::component(&deployment)), root),
    ];
    members.extend(files.iter().map(|(name, data)| (format!("{folder}\\{name}"), data.to_vec())));
    let members: Vec<(&str, &[u8])> = members.iter().map(|(n, d)| (n.as_str(), d.as_slice())).collect();
    let path = dir.join(format!("made-up-{version}.cab"));
    fs::write(&path, common::cabinet(&members)).unwrap();
    path.to_string_lossy().into_owned()
}

const DESCRIPTORS: &str =
    "<trustInfo><security><accessControl><securityDescriptorDefinitions>
     <securityDescriptorDefinition name='F' sddl='O:BAG:BAD:P(A;;FA;;;SY)(A;;GR;;;BU)'/>
     <securityDescriptorDefinition name='D' sddl='D:(A;OICI;GA;;;LS)'/></securityDescriptorDefinitions></accessControl></security></trustInfo>";

#[test]
fn a_newer_version_takes_back_what_it_does_not_have() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &["--os", "win10"]) else { return };
    let key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Made Up";
    let value = |name: &str, kind: &str, data: &str, more: &str| {
        format!("<registryValue name='{name}' valueType='{kind}' value='{data}' {more}/>")
    };
    let values = [
        value("list", "REG_MULTI_SZ", "&quot;one&quot;", "operationHint='append'"),
        value("free", "REG_DWORD", "0x1", "mutable='true'"),
        value("q", "REG_QWORD", "0100", ""),
    ];
    let body = |values: &str| {
        format!(
            "<directories><directory destinationPath='$(runtime.programData)\\Made' owner='true'><securityDescriptor name='D'/>\
             </directory></directories><registryKeys><registryKey keyName='{key}'>{values}</registryKey></registryKeys>{DESCRIPTORS}"
        )
    };
    let first = made_up(
        dir.path(),
        "10.0.19041.7",
        &[("a.txt", b"one"), ("b.txt", b"gone later")],
        &body(&values.concat()),
    );
    let receipt = install(dir.path(), "a.wim", &first, &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    assert_eq!(installed["packages"][0]["state_number"], 0x70, "{installed:#}");
    let all = links(&image);
    assert_eq!((all["/windows/system32/made/a.txt"].1, all["/windows/system32/made/b.txt"].1), (2, 2));
    assert!(all.contains_key("/programdata/made"));
    let software = hive(&image, "SOFTWARE", dir.path());
    assert_eq!(super::value(&software, r"\Made Up", "free").unwrap(), "1");

    let more = [
        value("list", "REG_MULTI_SZ", "&quot;ONE&quot;,&quot;two&quot;", "operationHint='append'"),
        value("free", "REG_DWORD", "0x2", "mutable='true'"),
        value("q", "REG_QWORD", "0200", ""),
    ];
    let second = made_up(dir.path(), "10.0.19041.8", &[("a.txt", b"two")], &body(&more.concat()));
    let receipt = install(dir.path(), "a.wim", &second, &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    assert_eq!(installed["packages"][0]["state_number"], 0x70, "{installed:#}");
    assert_eq!(installed["superseded"][0], "Package_for_MadeUp~31bf3856ad364e35~amd64~~10.0.19041.7");
    let component =
        installed["components"].as_array().unwrap().iter().find(|c| c["outcome"] == "in_use").unwrap();
    assert_eq!(component["previous"], "10.0.19041.7");
    let changes: Vec<(&str, &str)> = component["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["path"].as_str().unwrap(), f["change"].as_str().unwrap()))
        .collect();
    let made = r"\Windows\System32\made\";
    assert_eq!(
        changes,
        [(format!("{made}a.txt").as_str(), "replaced"), (format!("{made}b.txt").as_str(), "removed")]
    );
    let changes: Vec<&str> = component["keys"][0]["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["change"].as_str().unwrap())
        .collect();
    assert_eq!(changes, ["appended", "kept", "replaced"]);
    let all = links(&image);
    assert_eq!(all["/windows/system32/made/a.txt"], *in_store(&all, &["made-up_", "19041.8_", "/a.txt"]));
    assert!(!all.contains_key("/windows/system32/made/b.txt"));
    // What was projected before is still whole in the store.
    assert_eq!(
        (
            in_store(&all, &["made-up_", "19041.7_", "/a.txt"]).1,
            in_store(&all, &["made-up_", "19041.7_", "/b.txt"]).1
        ),
        (1, 1)
    );
    let software = hive(&image, "SOFTWARE", dir.path());
    assert_eq!(super::value(&software, r"\Made Up", "free").unwrap(), "1");
    // A version that does not have a value of the older one cannot take that back, so it stays staged.
    let third = made_up(dir.path(), "10.0.19041.9", &[("a.txt", b"three")], &body(&more[0]));
    let receipt = install(dir.path(), "a.wim", &third, &[], 0);
    let installed = &receipt["indexes"][0]["install"];
    assert_eq!(installed["packages"][0]["state_number"], 0x40, "{installed:#}");
    assert_eq!(links(&image)["/windows/system32/made/a.txt"], all["/windows/system32/made/a.txt"]);
}
