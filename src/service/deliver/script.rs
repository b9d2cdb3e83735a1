//! The scripts that Windows Setup runs at its end: one that calls all others, and one for each update.

use crate::base::Sha256Digest;
use std::fmt::Write;

/// In every file that we write for Windows to run; what it stands in is ours.
pub(super) const MARK: &str = "wimwright.deliver.v1";
/// Where Windows Setup looks for its script.
pub(super) const SCRIPTS: &str = r"Windows\Setup\Scripts";
/// The script that Windows Setup runs as the system before the first logon.
pub(super) const SETUP_COMPLETE: &str = "SetupComplete.cmd";
/// What a script of that name, which the image had, is called afterwards.
pub(super) const KEPT: &str = "SetupComplete.before-wimwright.cmd";

/// `SetupComplete.cmd`: every delivered update by name, then the script that was there before. It is the same text
/// whatever is delivered.
///
/// The other script comes last and is called, so that one that ends by `exit`, or starts the computer again, takes nothing
/// with it; and the exit status is its own.
pub(super) fn setup_complete() -> String {
    lines(&[
        "@echo off",
        &format!(
            "rem {MARK}: installs what was delivered in Windows\\Setup\\Wimwright, in the order of the names."
        ),
        r#"for %%f in ("%SystemRoot%\Setup\Wimwright\*.cmd") do call "%%f" >> "%SystemRoot%\Logs\wimwright-setup.log" 2>&1"#,
        &format!(r#"if exist "%~dp0{KEPT}" call "%~dp0{KEPT}" %*"#),
    ])
}

/// What the script of one update installs.
pub(super) enum Source<'a> {
    /// The file itself is a package.
    Package,
    /// The file is an MSU, and these members of it are packages that apply.
    Members(&'a [String]),
}

/// The script of one update. DISM takes no MSU for a running Windows, so its packages are taken out first.
pub(super) fn update(name: &str, folder: &str, sha256: &Sha256Digest, source: &Source<'_>) -> String {
    let mut out = vec![
        "@echo off".to_owned(),
        format!("rem {MARK}: {name}, sha256 {sha256}"),
        "setlocal".to_owned(),
        format!(r#"set "UPDATE=%SystemRoot%\Setup\Wimwright\{folder}\{name}""#),
    ];
    let dism = |path: &str| {
        format!(
            r#""%SystemRoot%\System32\Dism.exe" /Online /Add-Package /PackagePath:"{path}" /Quiet /NoRestart"#
        )
    };
    match source {
        Source::Package => out.push(dism("%UPDATE%")),
        Source::Members(members) => {
            out.push(format!(r#"set "WORK=%SystemRoot%\Temp\Wimwright-{folder}""#));
            out.push(r#"md "%WORK%""#.to_owned());
            for member in *members {
                out.push(format!(r#""%SystemRoot%\System32\expand.exe" "%UPDATE%" -F:"{member}" "%WORK%""#));
                out.push(dism(&format!(r"%WORK%\{member}")));
            }
            out.push(r#"rd /s /q "%WORK%""#.to_owned());
        }
    }
    out.push("endlocal".to_owned());
    lines(&out)
}

fn lines<S: AsRef<str>>(lines: &[S]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        // Writing into a string does not fail.
        _ = write!(text, "{}\r\n", line.as_ref());
        text
    })
}

/// Whether a name stands in a script as it is, and in no other way.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-~+()".contains(c);
    !name.is_empty() && name.len() <= 200 && name.chars().all(plain) && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_lines_that_cmd_reads() {
        let digest = Sha256Digest([0xAB; 32]);
        let members = ["one.cab".to_owned(), "two.cab".to_owned()];
        for text in [
            setup_complete(),
            update("a.cab", "00ff", &digest, &Source::Package),
            update("a.msu", "00ff", &digest, &Source::Members(&members)),
        ] {
            assert!(text.is_ascii() && text.starts_with("@echo off\r\n") && text.ends_with("\r\n"));
            assert!(text.contains(MARK) && !text.replace("\r\n", "").contains(['\r', '\n']));
            assert_eq!(text.matches('"').count() % 2, 0, "{text}");
        }
        let text = update("a.msu", "00ff", &digest, &Source::Members(&members));
        assert_eq!(text.matches("expand.exe").count(), 2);
        assert!(text.contains(r#"/PackagePath:"%WORK%\two.cab" /Quiet /NoRestart"#), "{text}");
        let text = update("a.cab", "00ff", &digest, &Source::Package);
        assert!(text.contains(r#"/PackagePath:"%UPDATE%""#) && !text.contains("expand"), "{text}");
    }

    #[test]
    fn only_plain_names_go_into_scripts() {
        for name in ["Windows6.1-KB1-x64.cab", "A~31bf~amd64~~1.0.cab", "a(1).msu"] {
            assert!(is_plain(name), "{name}");
        }
        for name in
            ["", "a%PATH%.cab", "a&b.cab", "a\".cab", "ä.cab", "a b.cab", "..", r"a\b.cab", "a^b", "a!b"]
        {
            assert!(!is_plain(name), "{name}");
        }
    }
}
