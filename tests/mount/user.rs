//! Mounts of a user who is not root, through `fusermount3`.

use super::common::{run, skipped, tool};
use super::guard::{Place, digest, make_tree};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A mount namespace in which `/dev/fuse` is for all, as it is on most systems: where it is for root alone, root gets
/// one of its own, so that nothing changes for the rest of the system.
struct World {
    holder: Option<Child>,
}

impl World {
    fn new(place: &Place) -> Option<Self> {
        if !rustix::process::geteuid().is_root() || tool("runuser").is_none() {
            skipped("becoming another user needs root and runuser");
            return None;
        }
        if std::fs::metadata("/dev/fuse").unwrap().mode() & 0o006 == 0o006 {
            return Some(Self { holder: None });
        }
        let script = r#"mknod -m 666 "$0" c 10 229 && mount --bind "$0" /dev/fuse && : <> /dev/fuse && echo ready && exec sleep 600"#;
        let mut holder = Command::new("unshare")
            // Slave: what other tests unmount goes here too, and what is mounted here does not go there.
            .args(["--mount", "--propagation=slave", "--", "sh", "-c", script])
            .arg(place.at("fuse"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut line = String::new();
        let out = holder.stdout.take()?;
        let _ = std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line);
        let world = Self { holder: Some(holder) };
        if line != "ready\n" {
            skipped("/dev/fuse is for root alone here, and another one cannot be made");
            return None;
        }
        Some(world)
    }

    /// Runs a script in the place, as root or as the user "nobody".
    fn run(&self, place: &Place, nobody: bool, script: &str) -> Output {
        let mut words: Vec<String> = Vec::new();
        if let Some(holder) = &self.holder {
            words.extend(["nsenter", "--mount", "--target"].map(String::from));
            words.extend([holder.id().to_string(), "--".to_owned()]);
        }
        if nobody {
            words.extend(["runuser", "-u", "nobody", "--"].map(String::from));
        }
        let state = format!("XDG_STATE_HOME={}", place.at("nobody").display());
        words.extend(["env".to_owned(), state, "sh".to_owned(), "-c".to_owned()]);
        words.push(format!("cd '{}' && {{ {script}; }}", place.path().display()));
        Command::new(&words[0]).args(&words[1..]).output().unwrap()
    }

    /// The same of what must end well: its output.
    fn done(&self, place: &Place, script: &str) -> String {
        let out = self.run(place, true, script);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(out.status.success(), "{script}: {text}\n{}", String::from_utf8_lossy(&out.stderr));
        text
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(holder) = &mut self.holder {
            let _ = holder.kill();
            let _ = holder.wait();
        }
    }
}

#[test]
fn a_user_who_is_not_root_mounts_through_fusermount() {
    let Some(place) = Place::new() else { return };
    let Some(wimlib) = tool("wimlib-imagex") else { return };
    make_tree(&place.at("tree"));
    place.captured(&place.at("tree"));
    let Some(world) = World::new(&place) else { return };
    // The program lies where nobody may not look: a copy does.
    std::fs::copy(env!("CARGO_BIN_EXE_wright"), place.at("wright")).unwrap();
    std::fs::create_dir(place.at("nobody")).unwrap();
    for path in ["", "m", "other", "nobody", "image.wim"] {
        run("chown", ["nobody".as_ref(), place.at(path).as_os_str()]);
    }
    let done = |script: &str| world.done(&place, script);
    let refused = |script: &str, told: &str| {
        let out = world.run(&place, true, script);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success() && said.contains(told), "{script}: {said}");
    };
    done("./wright mount image.wim 1 m --rw");
    // By FUSE's rule not even root looks into the mount of another user.
    let root = world.run(&place, false, "ls m");
    assert!(!root.status.success(), "{}", String::from_utf8_lossy(&root.stdout));
    assert!(done("stat -c %U m/Windows").starts_with("nobody"));
    done(
        "cp m/Windows/System32/file5.dll m/new.dll && cmp m/NEW.dll m/windows/system32/file5.dll && rm -r m/empty",
    );
    // As a file system with permissions would have it.
    done("chmod a-w m/new.dll && mv m/Users/same.dll m/Users/other.dll && ln m/new.dll m/linked.dll");
    refused("echo more >> m/new.dll", "denied");
    refused("./wright mount image.wim 1 other --rw", "mounted read-write already");
    refused("./wright mount image.wim 1 other --allow-other", "user_allow_other");
    done("./wright mount image.wim 1 other && cmp other/Windows/System32/file5.dll m/new.dll");
    let listed = done("./wright mounts --json");
    assert_eq!(listed.matches("\"mounted\"").count(), 2, "{listed}");
    // One that is in use stays, and says so.
    refused("cd m && ../wright unmount ../m --commit", "in use");
    done("./wright unmount other && ./wright unmount m --commit");
    run(&wimlib, [Path::new("verify"), &place.at("image.wim")]);

    // A mount that died: its owner cleans up.
    done("./wright mount image.wim 1 m --rw && echo kept > m/kept.txt");
    done("kill -9 $(./wright mounts --json | sed -n 's/.*\"pid\": *\\([0-9]*\\).*/\\1/p')");
    done(
        "for n in $(seq 200); do ./wright mounts --json | grep -q recoverable && break; sleep 0.01; done; ./wright mounts --recover",
    );
    done("test -z \"$(ls m)\" && ./wright unmount m --commit");
    place.done(["mount", "image.wim", "1", "m"]);
    assert_eq!(digest(&place.in_mount("new.dll")), digest(&place.at("tree/Windows/System32/file5.dll")));
    assert!(!place.in_mount("empty").exists() && place.in_mount("linked.dll").exists());
    assert_eq!(std::fs::read_to_string(place.in_mount("kept.txt")).unwrap(), "kept\n");
    place.done(["unmount", "m"]);
}
