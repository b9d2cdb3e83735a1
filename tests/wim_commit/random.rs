//! Random edits, made by us and by wimlib-imagex.

use crate::common::{run, temp, tool};
use crate::judge::*;
use wimwright::base::{ImagePath, ImageTree, Name};
use wimwright::wim::overlay::{Content, Overlay};

#[test]
fn random_edits_do_as_wimlib_does() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    let dir = temp();
    let (tree, ours, theirs) =
        (dir.path().join("tree"), dir.path().join("ours.wim"), dir.path().join("theirs.wim"));
    make_tree(&tree);
    run(
        "wimlib-imagex",
        ["capture".as_ref(), tree.as_os_str(), ours.as_os_str(), "--compress=xpress".as_ref()],
    );
    std::fs::copy(&ours, &theirs).unwrap();
    for round in 0..12 {
        let file = open(&ours);
        let mut overlay = Overlay::new(&file, 1).unwrap();
        let mut commands = Vec::new();
        for step in 0..12 {
            let metadata = overlay.metadata();
            let all: Vec<_> = metadata.walk(metadata.root()).skip(1).map(|id| metadata.path(id)).collect();
            let dirs: Vec<_> =
                all.iter().filter(|p| overlay.stat(p).unwrap().unwrap().is_dir).cloned().collect();
            let dir_of = |n: usize| dirs.get(n).cloned().unwrap_or_default();
            let unix = |p: &ImagePath| format!("'{}'", p.to_string().replace('\\', "/"));
            match random(4) {
                0 | 1 => {
                    let content = dir.path().join(format!("c{round}-{step}"));
                    std::fs::write(&content, text(round * 100 + step, random(40_000))).unwrap();
                    let to = dir_of(random(dirs.len() + 1)).join(Name::from(format!("new {step}").as_str()));
                    overlay.put(&to, Content::file(&content).unwrap()).unwrap();
                    commands.push(format!("add '{}' {}\n", content.display(), unix(&to)));
                }
                2 if all.len() > 40 => {
                    let victim = &all[random(all.len())];
                    overlay.remove(victim).unwrap();
                    commands.push(format!("delete --recursive {}\n", unix(victim)));
                }
                _ => {
                    let from = all[random(all.len())].clone();
                    let to = dir_of(random(dirs.len() + 1))
                        .join(Name::from(format!("moved {round} {step}").as_str()));
                    if overlay.rename(&from, &to).is_ok() {
                        commands.push(format!("rename {} {}\n", unix(&from), unix(&to)));
                    }
                }
            }
        }
        write_back(&file, vec![overlay]);
        let script = dir.path().join("commands");
        let commands = commands.concat();
        std::fs::write(&script, &commands).unwrap();
        let mut child = std::process::Command::new("wimlib-imagex");
        let out = child
            .args(["update"])
            .arg(&theirs)
            .arg("1")
            .stdin(std::fs::File::open(&script).unwrap())
            .output()
            .unwrap();
        assert!(out.status.success(), "{}\n{commands}", String::from_utf8_lossy(&out.stderr));
        judged(&ours);
        assert_eq!(counts(&ours, 1)[1..], counts(&theirs, 1)[1..], "{commands}");
        let (a, b) = (apply(&ours, 1, dir.path()), apply(&theirs, 1, dir.path()));
        assert!(a == b, "round {round}\n{commands}");
    }
}
