//! What every command promises: exit status, one JSON document, one sentence, a closed pipe that is no panic; and the
//! small commands against wimlib-imagex.

mod common;

use common::{run, wright};
use std::io::Read;
use std::process::{Command, Stdio};

const WRIGHT: &str = env!("CARGO_BIN_EXE_wright");

#[test]
fn usage_is_exit_2_and_help_is_not() {
    let here = common::root();
    for args in [&[][..], &["nonsense"], &["verify"], &["ls", "x.wim"], &["ls", "x.wim", "one"]] {
        assert_eq!(wright(here, args).code, 2, "{args:?}");
    }
    for args in [&["--help"][..], &["--version"], &["help", "verify"], &["ls", "--help"]] {
        let result = wright(here, args);
        assert!(result.code == 0 && !result.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn an_error_is_one_sentence_that_names_the_file() {
    let work = common::temp();
    std::fs::write(work.path().join("not.wim"), b"certainly no image").unwrap();
    for (file, kind) in [("absent.wim", "not_found"), ("not.wim", "")] {
        let result = wright(work.path(), ["verify", file]);
        assert_eq!(result.code, 1);
        assert!(result.stdout.is_empty());
        assert_eq!(result.stderr.trim_end().lines().count(), 1, "{}", result.stderr);
        assert!(result.stderr.starts_with("wright: ") && result.stderr.contains(file), "{}", result.stderr);
        let document = wright(work.path(), ["verify", file, "--json"]).expect(1);
        assert!(document["error"]["message"].as_str().unwrap().contains(file));
        assert!(kind.is_empty() || document["error"]["kind"] == kind);
        assert!(document["error"]["hresult"].as_str().unwrap().starts_with("0x8"));
    }
}

#[test]
fn a_closed_pipe_ends_the_output_quietly() {
    let work = common::temp();
    let Some(image) = common::sample_image(work.path(), 400) else { return };
    for extra in [&[][..], &["--long"], &["--json"]] {
        let mut child = Command::new(WRIGHT)
            .args(["ls", "--recursive"])
            .arg(&image)
            .arg("1")
            .args(extra)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 8];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let out = child.wait_with_output().unwrap();
        assert_eq!(out.status.code(), Some(0));
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(!said.contains("panicked") && !said.contains("wright: "), "{said}");
    }
}

#[test]
fn ls_and_cat_agree_with_wimlib() {
    let work = common::temp();
    let Some(image) = common::sample_image(work.path(), 60) else { return };
    let theirs = run("wimlib-imagex", ["dir".as_ref(), image.as_os_str(), "2".as_ref()]);
    let theirs = String::from_utf8(theirs.stdout).unwrap();
    let mut theirs: Vec<String> =
        theirs.lines().filter(|l| *l != "/").map(|l| l.replace('/', "\\")).collect();
    let ours = wright(work.path(), ["ls", "sample.wim", "2", "--recursive", "--quiet"]);
    let ours = String::from_utf8(ours.stdout).unwrap();
    let mut ours: Vec<String> = ours.lines().map(str::to_owned).collect();
    theirs.sort();
    ours.sort();
    assert_eq!(ours, theirs);

    let listed = wright(work.path(), ["ls", "sample.wim", "2", "-r", "--json"]).expect(0);
    let files: Vec<_> =
        listed["entries"].as_array().unwrap().iter().filter(|e| e["directory"] == false).collect();
    assert!(files.len() > 100);
    for file in files.iter().take(40) {
        let path = file["path"].as_str().unwrap();
        let ours = wright(work.path(), ["cat", "sample.wim", "2", path]);
        let unix = path.replace('\\', "/");
        let args =
            ["extract".as_ref(), image.as_os_str(), "2".as_ref(), unix.as_ref(), "--to-stdout".as_ref()];
        assert!(ours.code == 0 && ours.stdout == run("wimlib-imagex", args).stdout, "{path}");
        assert_eq!(file["size"].as_u64(), Some(ours.stdout.len() as u64), "{path}");
    }
    let document =
        wright(work.path(), ["cat", "sample.wim", "2", "/windows/system32/CONFIG/edition.txt", "--json"]);
    assert_eq!(document.expect(0)["contents"], "Enterprise");
    assert_eq!(wright(work.path(), ["cat", "sample.wim", "2", "Windows"]).code, 2);
    assert_eq!(wright(work.path(), ["cat", "sample.wim", "2", "Windows\\nothing"]).code, 1);
    assert_eq!(wright(work.path(), ["cat", "sample.wim", "3", "Windows"]).code, 1);
}

#[test]
fn verify_names_what_is_damaged() {
    let work = common::temp();
    let Some(image) = common::sample_image(work.path(), 60) else { return };
    let sound = wright(work.path(), ["verify", "sample.wim", "--json"]).expect(0);
    assert_eq!(sound["problems"], serde_json::json!([]));
    assert!(sound["blobs"].as_u64().unwrap() > 100 && sound["images"] == 2);
    let mut bytes = std::fs::read(&image).unwrap();
    let place = bytes.len() / 3;
    bytes[place] ^= 0x40;
    std::fs::write(&image, bytes).unwrap();
    let damaged = wright(work.path(), ["verify", "sample.wim", "--json"]).expect(1);
    let problems = damaged["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0]["file"].as_str().unwrap().contains("Windows"), "{problems:?}");
    assert_eq!(wright(work.path(), ["verify", "sample.wim"]).code, 1);
}

#[test]
fn progress_is_plain_lines_off_a_terminal_and_none_when_quiet() {
    let work = common::temp();
    let Some(_) = common::sample_image(work.path(), 60) else { return };
    let told = wright(work.path(), ["verify", "sample.wim"]);
    assert!(told.stderr.contains("verifying: ") && !told.stderr.contains('\u{1b}'), "{}", told.stderr);
    let quiet = wright(work.path(), ["verify", "sample.wim", "--quiet", "--threads", "1"]);
    assert!(quiet.stderr.is_empty() && quiet.code == 0, "{}", quiet.stderr);
}

#[test]
fn extract_says_what_it_wrote_and_what_it_could_not() {
    let work = common::temp();
    let Some(image) = common::sample_image(work.path(), 60) else { return };
    let extract =
        |args: &[&str]| wright(work.path(), [&["extract", "sample.wim"][..], args, &["--quiet"]].concat());
    let counted = extract(&["1", "out", "--dry-run", "--json"]).expect(0);
    assert!(!work.path().join("out").exists());
    let written = extract(&["1", "out", "--json"]).expect(0);
    assert_eq!(written, counted);
    assert!(written["files"].as_u64().unwrap() > 60 && written["hard_links"].as_u64().unwrap() > 10);
    assert_eq!(common::files_below(&work.path().join("out/Windows/System32/config")).len(), 1);

    let again = extract(&["1", "out"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.starts_with("wright: ") && again.stderr.lines().count() == 1, "{}", again.stderr);
    assert_eq!(extract(&["1", "out", "--force"]).code, 0);

    let part = extract(&["2", "part", "--path", "windows/system32/CONFIG", "--json"]).expect(0);
    assert_eq!((part["files"].as_u64(), part["directories"].as_u64()), (Some(1), Some(4)));
    assert_eq!(extract(&["2", "part", "--path", "nothing"]).code, 1);
    assert_eq!(extract(&["2", "part", "--path", ".."]).code, 1);
    assert_eq!(extract(&["3", "part"]).code, 1);

    let mut bytes = std::fs::read(&image).unwrap();
    let place = bytes.len() / 3;
    bytes[place] ^= 0x40;
    std::fs::write(&image, bytes).unwrap();
    let damaged = extract(&["1", "damaged", "--json"]).expect(1);
    let problems = damaged["failed"].as_array().unwrap();
    assert_eq!(damaged["failed_count"].as_u64(), Some(problems.len() as u64));
    for problem in problems {
        let path = problem["path"].as_str().unwrap()[1..].replace('\\', "/");
        assert!(!work.path().join("damaged").join(&path).exists(), "{path} is half-written");
        assert!(work.path().join("out").join(&path).exists(), "{path}");
    }
    assert!(!problems.is_empty() && damaged["files"].as_u64() > Some(50));
}
