//! What the XML data says of the Windows in a folder: the same as wimlib says of it.

use crate::common::{newer_wimlib, run, temp, testdata, tool, wright};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use wimwright::wim::{OpenOptions, WimFile};

/// A hive with these keys, made by tools that are not ours.
fn hive(to: &Path, root: &str, text: &str) {
    let minimal = testdata().unwrap().join("hive/hivex/minimal");
    std::fs::copy(minimal, to).unwrap();
    let reg = to.with_extension("reg");
    std::fs::write(&reg, format!("Windows Registry Editor Version 5.00\n\n{}", text.replace('~', root)))
        .unwrap();
    let options = ["--merge", "--prefix", root, "--encoding", "UTF-8"].map(OsStr::new);
    run("hivexregedit", options.into_iter().chain([to.as_os_str(), reg.as_os_str()]));
    std::fs::remove_file(reg).unwrap();
}

/// A line for each key on the way, as the tool wants them.
fn keys(path: &str) -> String {
    let mut out = String::new();
    let parts: Vec<&str> = path.split('\\').collect();
    for end in 1..=parts.len() {
        write!(out, "[~\\{}]\n\n", parts[..end].join("\\")).unwrap();
    }
    out
}

/// The machine of a program, in as much of one as says so.
fn program(machine: u16) -> Vec<u8> {
    let mut out = vec![0; 0x48];
    out[..2].copy_from_slice(b"MZ");
    out[0x3C] = 0x40;
    out[0x40..0x44].copy_from_slice(b"PE\0\0");
    out[0x44..0x46].copy_from_slice(&machine.to_le_bytes());
    out
}

/// Every text of the image's element with its path, but those of counts and times.
fn told(wim: &Path) -> Vec<(String, String)> {
    let xml = WimFile::open(wim, &OpenOptions::new()).unwrap().xml().unwrap();
    let tree = roxmltree::Document::parse(xml.text()).unwrap();
    let image = tree.root_element().children().find(|n| n.has_tag_name("IMAGE")).unwrap();
    let mut out = Vec::new();
    for node in image.descendants().filter(roxmltree::Node::is_text) {
        let path: Vec<_> =
            node.ancestors().filter(roxmltree::Node::is_element).map(|n| n.tag_name().name()).collect();
        let path = path.into_iter().rev().skip(2).collect::<Vec<_>>().join("/");
        if path.starts_with("WINDOWS") || path.starts_with("DISPLAY") || path == "FLAGS" || path == "NAME" {
            out.push((path, node.text().unwrap().to_owned()));
        }
    }
    out.sort();
    out
}

#[test]
fn what_windows_it_is_stands_in_the_xml_data() {
    if testdata().is_none() || tool("hivexregedit").is_none() {
        return;
    }
    let judges = [tool("wimlib-imagex"), newer_wimlib()];
    let dir = temp();
    let work = dir.path();
    let system32 = work.join("tree/Windows/System32");
    std::fs::create_dir_all(system32.join("config")).unwrap();
    // Another folder that looks a little like it.
    std::fs::create_dir_all(work.join("tree/Backup/System32")).unwrap();
    std::fs::write(work.join("tree/Backup/System32/kernel32.dll"), program(0x14C)).unwrap();
    let current = r"Microsoft\Windows NT\CurrentVersion";
    let software = |more: &str| {
        let product = "\"ProductName\"=\"Windows 10 Pro <for> R&D\"\n\"EditionID\"=\"Professional\"\n\"InstallationType\"=\"Client\"\n";
        hive(
            &system32.join("config/SOFTWARE"),
            r"HKEY_LOCAL_MACHINE\SOFTWARE",
            &format!("{}[~\\{current}]\n{product}{more}\n", keys(current)),
        );
    };
    let system = |suite: &str, language: &str| {
        let control = r"ControlSet001\Control";
        let class = format!(r"{control}\Class\{{4D36E966-E325-11CE-BFC1-08002BE10318}}\0000");
        let mut text = keys(&class);
        write!(text, "[~\\{class}]\n\"MatchingDeviceId\"=\"acpiapic\"\n\n").unwrap();
        for name in ["de-DE", "en-US"] {
            text += &keys(&format!(r"{control}\MUI\UILanguages\{name}"));
        }
        text += &keys(&format!(r"{control}\Nls\Language"));
        write!(text, "[~\\{control}\\Nls\\Language]\n\"InstallLanguage\"=\"{language}\"\n\n").unwrap();
        write!(
            text,
            "[~\\{control}\\Windows]\n\"CSDBuildNumber\"=dword:00000471\n\"CSDVersion\"=dword:00000100\n\n"
        )
        .unwrap();
        write!(text, "[~\\{control}\\ProductOptions]\n\"ProductType\"=\"WinNT\"\n{suite}\n").unwrap();
        hive(&system32.join("config/SYSTEM"), r"HKEY_LOCAL_MACHINE\SYSTEM", &text);
    };
    let new = "\"CurrentMajorVersionNumber\"=dword:0000000a\n\"CurrentMinorVersionNumber\"=dword:00000000\n\
               \"CurrentVersion\"=\"6.3\"\n\"CurrentBuild\"=\"19041\"\n";
    let old = "\"CurrentVersion\"=\"6.1\"\n\"CurrentBuild\"=\"1.511.1 () (Obsolete)\"\n\"CurrentBuildNumber\"=\"7601\"\n";
    // "Terminal Server", as a list of one.
    let suite = "\"ProductSuite\"=hex(7):54,00,65,00,72,00,6d,00,69,00,6e,00,61,00,6c,00,20,00,53,00,65,00,72,00,76,\
                 00,65,00,72,00,00,00,00,00\n";
    let (ours, theirs) = (work.join("ours.wim"), work.join("theirs.wim"));
    let compared = |lines: usize| {
        wright(work, ["capture", "tree", "ours.wim", "--force", "--json", "--config=none"]).expect(0);
        let ours = told(&ours);
        assert_eq!(ours.len(), lines, "{ours:#?}");
        for program in judges.iter().flatten() {
            let tree = work.join("tree");
            run(program, ["capture".as_ref(), tree.as_os_str(), theirs.as_os_str()]);
            assert_eq!(ours, told(&theirs), "{}", program.display());
        }
    };
    for (machine, more, suite, language) in
        [(0x8664, new, suite, "0407"), (0x14C, old, "", "0409"), (0xAA64, new, "", "7777")]
    {
        std::fs::write(system32.join("kernel32.dll"), program(machine)).unwrap();
        software(more);
        system(suite, language);
        compared(20 - usize::from(suite.is_empty()) - usize::from(language == "7777"));
    }
    let info = wright(work, ["info", "ours.wim", "--json"]).expect(0);
    assert_eq!(info["images"][0]["version"], "10.0.19041.1137");
    // What a person says counts, and a damaged hive is as none.
    let named = ["--edition=Enterprise", "--display-name=Mine", "--name=x"];
    let all = ["capture", "tree", "ours.wim", "--force", "--json"].into_iter().chain(named);
    wright(work, all).expect(0);
    let told_now = told(&ours);
    let value = |name: &str| told_now.iter().find(|(path, _)| path == name).map(|(_, value)| value.as_str());
    assert_eq!((value("FLAGS"), value("DISPLAYNAME")), (Some("Enterprise"), Some("Mine")));
    assert_eq!(value("DISPLAYDESCRIPTION"), Some("Windows 10 Pro <for> R&D"));
    std::fs::write(system32.join("config/SOFTWARE"), b"regf, but no hive").unwrap();
    std::fs::remove_file(system32.join("config/SYSTEM")).unwrap();
    std::fs::rename(system32.join("kernel32.dll"), system32.join("KERNEL32.DLL")).unwrap();
    compared(3);
    // One that is added says it too; what a metadata file says counts for more.
    wright(work, ["append", "tree", "ours.wim", "--name=more", "--json"]).expect(0);
    let info = wright(work, ["info", "ours.wim", "--json"]).expect(0);
    assert_eq!(info["images"][1]["architecture"], "arm64");
    wright(work, ["set", "ours.wim", "2", "--edition=Kept", "--json"]).expect(0);
    wright(work, ["extract", "ours.wim", "2", "out", "--metadata=kept.json", "--json"]).expect(0);
    std::fs::write(work.join("out/Windows/System32/KERNEL32.DLL"), program(0x14C)).unwrap();
    wright(work, ["capture", "out", "back.wim", "--metadata=kept.json", "--json"]).expect(0);
    let back = wright(work, ["info", "back.wim", "--json"]).expect(0);
    assert_eq!(
        (&back["images"][0]["architecture"], &back["images"][0]["edition"]),
        (&"arm64".into(), &"Kept".into())
    );
    // Without any of it there is nothing to say.
    std::fs::remove_dir_all(work.join("tree/Backup")).unwrap();
    std::fs::remove_dir_all(&system32).unwrap();
    compared(1);
}
