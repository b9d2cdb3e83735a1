//! What travels with a folder or instead of one: extended attributes, and WIMs through pipes.

use crate::common::{run, temp, tool, wright};
#[cfg(target_os = "linux")]
use std::path::Path;

/// What `user.` and `security.` attributes a file has.
#[cfg(target_os = "linux")]
fn xattrs(path: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut names = vec![0; 4096];
    let len = rustix::fs::listxattr(path, &mut names[..]).unwrap();
    let names = names[..len].split(|&b| b == 0).filter(|name| !name.is_empty());
    names
        .map(|name| {
            let mut value = vec![0; 65_536];
            let len = rustix::fs::getxattr(path, name, &mut value[..]).unwrap();
            (String::from_utf8(name.to_vec()).unwrap(), value[..len].to_vec())
        })
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn extended_attributes_go_to_wimlib_and_back() {
    let Some(wimlib) = tool("wimlib-imagex") else { return };
    let dir = temp();
    let at = |name: &str| dir.path().join(name);
    std::fs::create_dir_all(at("tree/folder")).unwrap();
    for (name, data) in [("file", "data"), ("empty", ""), ("folder/plain", "x")] {
        std::fs::write(at("tree").join(name), data).unwrap();
    }
    std::fs::hard_link(at("tree/file"), at("tree/folder/linked")).unwrap();
    let set = |name: &str, key: &str, value: &[u8]| {
        rustix::fs::setxattr(at("tree").join(name), key, value, rustix::fs::XattrFlags::empty())
    };
    if let Err(e) = set("file", "user.first", b"1") {
        let line = format!("skipped: no extended attributes in the temporary folder: {e}\n");
        return std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
    }
    set("file", "user.long", &[7; 2000]).unwrap();
    set("empty", "user.empty", b"").unwrap();
    set("folder", "user.of folder", b"\x00\xff").unwrap();
    set("", "user.of the root", b"r").unwrap();
    let mut paths = vec!["", "file", "empty", "folder", "folder/plain", "folder/linked"];
    if rustix::process::geteuid().is_root() {
        // What may be done by whoever runs the file: cap_net_raw.
        let capability = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        set("file", "security.capability", &capability).unwrap();
        set("folder", "trusted.kept", b"t").unwrap();
    }
    let expected: Vec<_> = paths.iter().map(|path| xattrs(&at("tree").join(path))).collect();
    let seen = |root: &str| paths.iter().map(|path| xattrs(&at(root).join(path))).collect::<Vec<_>>();

    let imagex = |args: &[&str]| {
        let out = std::process::Command::new(&wimlib).args(args).current_dir(dir.path()).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    };
    imagex(&["capture", "tree", "theirs.wim", "--unix-data"]);
    wright(dir.path(), ["extract", "theirs.wim", "1", "from theirs", "--xattrs", "--json"]).expect(0);
    assert_eq!(seen("from theirs"), expected);
    let report = wright(dir.path(), ["capture", "tree", "ours.wim", "--xattrs", "--json"]).expect(0);
    assert_eq!(report["files"], 3);
    imagex(&["apply", "ours.wim", "1", "by wimlib", "--unix-data"]);
    assert_eq!(seen("by wimlib"), expected);
    let report = wright(dir.path(), ["extract", "ours.wim", "1", "by us", "--xattrs", "--json"]).expect(0);
    assert_eq!((seen("by us"), &report["left_out"]["tagged_items"]), (expected.clone(), &0.into()));
    // Only who asks for them gets them.
    let report =
        wright(dir.path(), ["extract", "ours.wim", "1", "plain", "--json", "--metadata=m.json"]).expect(0);
    assert_eq!(report["left_out"]["tagged_items"], 5);
    assert!(seen("plain").iter().all(std::collections::BTreeMap::is_empty));
    wright(dir.path(), ["capture", "tree", "none.wim", "--json"]).expect(0);
    let report = wright(dir.path(), ["extract", "none.wim", "1", "none", "--xattrs", "--json"]).expect(0);
    assert_eq!(report["left_out"]["tagged_items"], 0);
    // The metadata file keeps them too; those that the folder has by now take their place.
    let newer = rustix::fs::setxattr(at("plain/file"), "user.first", b"2", rustix::fs::XattrFlags::empty());
    newer.unwrap();
    let kept = ["capture", "plain", "kept.wim", "--metadata=m.json", "--json"];
    wright(dir.path(), kept).expect(0);
    imagex(&["apply", "kept.wim", "1", "kept", "--unix-data"]);
    assert_eq!(seen("kept"), expected);
    wright(dir.path(), [&kept[..], &["--xattrs", "--force"]].concat()).expect(0);
    imagex(&["apply", "kept.wim", "1", "newer", "--unix-data"]);
    paths = vec!["file"];
    assert_eq!(xattrs(&at("newer/file")), [("user.first".to_owned(), b"2".to_vec())].into());
    assert!(xattrs(&at("newer").join("folder")).is_empty() && paths.len() == 1);
}

#[test]
fn a_wim_comes_through_a_pipe() {
    let Some(wimlib) = tool("wimlib-imagex") else { return };
    let dir = temp();
    let at = |name: &str| dir.path().join(name);
    std::fs::create_dir_all(at("tree/folder")).unwrap();
    for i in 0..40 {
        let text: Vec<u8> = (0..i * 900).map(|n| (n * n / 7 + i) as u8).collect();
        std::fs::write(at(&format!("tree/folder/{i}")), text).unwrap();
    }
    let shell = |text: &str| {
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(format!("set -e; {text}")).current_dir(dir.path());
        let out = shell.env("W", env!("CARGO_BIN_EXE_wright")).env("I", &wimlib).output().unwrap();
        (out.status.code().unwrap(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
    };
    for flags in ["--compress=lzx", "--compress=none", "--compress=xpress"] {
        let extract = format!("$I capture tree - --pipable {flags} 2>/dev/null | $W extract - 1 out --json");
        let (code, said) = shell(&extract);
        assert_eq!(code, 0, "{flags}: {said}");
        run("diff", ["-r".as_ref(), at("tree").as_os_str(), at("out").as_os_str()]);
        std::fs::remove_dir_all(at("out")).unwrap();
    }
    let all = "$I capture tree - --pipable 2>/dev/null > piped.wim; cat piped.wim | $W verify -; \
               cat piped.wim | $W cat - 1 folder/9 | cmp - tree/folder/9; cat piped.wim | $W ls - 1 folder | grep -q 39; \
               cat piped.wim | $W export - all whole.wim; $I verify whole.wim >/dev/null 2>&1";
    assert_eq!(shell(all).0, 0, "{}", shell(all).1);
    // A plain file does as well; what is cut off, or no WIM, does not.
    assert_eq!(shell("$W extract - 1 out < whole.wim").0, 0);
    for (input, why) in [
        ("head -c 20000 piped.wim", "ended early"),
        ("head -c 100 piped.wim", "-"),
        ("cat tree/folder/9", "not a WIM"),
    ] {
        let (code, said) = shell(&format!("{input} | $W extract - 1 bad"));
        assert_eq!(code, 1, "{input}: {said}");
        assert!(said.contains(why) && !at("bad").exists(), "{input}: {said}");
    }
    // Nothing can be added to one, which is told before anything is read.
    let (code, said) = shell("$W append tree piped.wim");
    assert!(code == 1 && said.contains("a pipable WIM cannot be changed"), "{said}");
    for command in ["info -", "service - x.msu", "diff - -", "packages - 1", "append tree -", "optimize -"] {
        let (code, said) = shell(&format!("cat piped.wim | $W {command}"));
        assert!(code == 1 && said.contains("extract, verify, ls, cat and export only"), "{command}: {said}");
    }
}
