//! Where a key of a manifest lies: in which hive, under which path, redirected for 32-bit components.
//!
//! The redirection is that of "Registry Keys Affected by WOW64" (Microsoft) as it is since Windows 7.

use super::macros::View;
use crate::base::ImagePath;
use crate::error::{Error, Result};
use std::fmt;

/// A hive that keys of manifests lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HiveFile {
    /// `HKEY_LOCAL_MACHINE\SOFTWARE`.
    Software,
    /// `HKEY_LOCAL_MACHINE\SYSTEM`.
    System,
    /// `HKEY_LOCAL_MACHINE\COMPONENTS`.
    Components,
    /// `HKEY_LOCAL_MACHINE\SAM`.
    Sam,
    /// `HKEY_LOCAL_MACHINE\SECURITY`.
    Security,
    /// `HKEY_LOCAL_MACHINE\DRIVERS`.
    Drivers,
    /// `HKEY_USERS\.DEFAULT`: the system's own user.
    Default,
    /// What a new user's hive is copied from.
    DefaultUser,
    /// The hive of the account "local service".
    LocalService,
    /// The hive of the account "network service".
    NetworkService,
}

impl HiveFile {
    fn file(self) -> &'static str {
        match self {
            Self::Software => r"Windows\System32\config\SOFTWARE",
            Self::System => r"Windows\System32\config\SYSTEM",
            Self::Components => r"Windows\System32\config\COMPONENTS",
            Self::Sam => r"Windows\System32\config\SAM",
            Self::Security => r"Windows\System32\config\SECURITY",
            Self::Drivers => r"Windows\System32\config\DRIVERS",
            Self::Default => r"Windows\System32\config\DEFAULT",
            Self::DefaultUser => r"Users\Default\NTUSER.DAT",
            Self::LocalService => r"Windows\ServiceProfiles\LocalService\NTUSER.DAT",
            Self::NetworkService => r"Windows\ServiceProfiles\NetworkService\NTUSER.DAT",
        }
    }

    /// What it is called in receipts: its file's name, or whole path where that is not in `config`.
    pub fn name(self) -> String {
        let file = self.file();
        file.strip_prefix(r"Windows\System32\config\").unwrap_or(file).to_owned()
    }

    /// Where its file lies in an image.
    pub fn path(self) -> ImagePath {
        self.file().split('\\').map(Into::into).collect()
    }

    /// The key that a running Windows shows its root as.
    pub fn root(self) -> &'static str {
        match self {
            Self::Software => r"HKEY_LOCAL_MACHINE\SOFTWARE",
            Self::System => r"HKEY_LOCAL_MACHINE\SYSTEM",
            Self::Components => r"HKEY_LOCAL_MACHINE\COMPONENTS",
            Self::Sam => r"HKEY_LOCAL_MACHINE\SAM",
            Self::Security => r"HKEY_LOCAL_MACHINE\SECURITY",
            Self::Drivers => r"HKEY_LOCAL_MACHINE\DRIVERS",
            Self::Default => r"HKEY_USERS\.DEFAULT",
            Self::DefaultUser => "HKEY_CURRENT_USER",
            Self::LocalService => r"HKEY_USERS\S-1-5-19",
            Self::NetworkService => r"HKEY_USERS\S-1-5-20",
        }
    }
}

impl fmt::Display for HiveFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r"\{}", self.file())
    }
}

/// Below `Classes`, what 32-bit programs have for themselves.
const SPLIT_CLASSES: [&str; 5] = ["CLSID", "DirectShow", "Interface", "Media Type", "MediaFoundation"];

/// Below SOFTWARE, what programs of both kinds share.
const SHARED: [&str; 49] = [
    "Classes",
    "Clients",
    r"Microsoft\COM3",
    r"Microsoft\Cryptography\Calais\Current",
    r"Microsoft\Cryptography\Calais\Readers",
    r"Microsoft\Cryptography\Services",
    r"Microsoft\CTF\SystemShared",
    r"Microsoft\CTF\TIP",
    r"Microsoft\DFS",
    r"Microsoft\Driver Signing",
    r"Microsoft\EnterpriseCertificates",
    r"Microsoft\EventSystem",
    r"Microsoft\MSMQ",
    r"Microsoft\Non-Driver Signing",
    r"Microsoft\Notepad\DefaultFonts",
    r"Microsoft\OLE",
    r"Microsoft\RAS",
    r"Microsoft\RPC",
    r"Microsoft\Shared Tools\MSInfo",
    r"Microsoft\SystemCertificates",
    r"Microsoft\TermServLicensing",
    r"Microsoft\Transaction Server",
    r"Microsoft\Windows\CurrentVersion\App Paths",
    r"Microsoft\Windows\CurrentVersion\Control Panel\Cursors\Schemes",
    r"Microsoft\Windows\CurrentVersion\Explorer\AutoplayHandlers",
    r"Microsoft\Windows\CurrentVersion\Explorer\DriveIcons",
    r"Microsoft\Windows\CurrentVersion\Explorer\KindMap",
    r"Microsoft\Windows\CurrentVersion\Group Policy",
    r"Microsoft\Windows\CurrentVersion\Policies",
    r"Microsoft\Windows\CurrentVersion\PreviewHandlers",
    r"Microsoft\Windows\CurrentVersion\Setup",
    r"Microsoft\Windows\CurrentVersion\Telephony\Locations",
    r"Microsoft\Windows NT\CurrentVersion\Console",
    r"Microsoft\Windows NT\CurrentVersion\FontDpi",
    r"Microsoft\Windows NT\CurrentVersion\FontLink",
    r"Microsoft\Windows NT\CurrentVersion\FontMapper",
    r"Microsoft\Windows NT\CurrentVersion\Fonts",
    r"Microsoft\Windows NT\CurrentVersion\FontSubstitutes",
    r"Microsoft\Windows NT\CurrentVersion\Gre_Initialize",
    r"Microsoft\Windows NT\CurrentVersion\Image File Execution Options",
    r"Microsoft\Windows NT\CurrentVersion\LanguagePack",
    r"Microsoft\Windows NT\CurrentVersion\NetworkCards",
    r"Microsoft\Windows NT\CurrentVersion\Perflib",
    r"Microsoft\Windows NT\CurrentVersion\Ports",
    r"Microsoft\Windows NT\CurrentVersion\Print",
    r"Microsoft\Windows NT\CurrentVersion\ProfileList",
    r"Microsoft\Windows NT\CurrentVersion\Time Zones",
    "Policies",
    "RegisteredApplications",
];

/// The hive and the path in it of the key that a manifest calls `name`.
pub fn locate(name: &str, view: View, control_set: u32) -> Result<(HiveFile, String)> {
    let unknown = || Error::unsupported(format!("the key '{name}' lies in no hive of an image"));
    let parts: Vec<&str> = name.split('\\').filter(|p| !p.is_empty()).collect();
    let (root, rest) = parts.split_first().ok_or_else(unknown)?;
    let first = rest.first().copied().unwrap_or_default().to_ascii_uppercase();
    let below = rest.get(1..).unwrap_or_default();
    let hive = |hive, path: &[&str]| Ok((hive, path.join("\\")));
    match (root.to_ascii_uppercase().as_str(), first.as_str()) {
        ("HKEY_CLASSES_ROOT" | "HKCR", _) => {
            Ok((HiveFile::Software, software(&[&["Classes"], rest].concat(), view)))
        }
        ("HKEY_LOCAL_MACHINE" | "HKLM", "SOFTWARE") => Ok((HiveFile::Software, software(below, view))),
        ("HKEY_LOCAL_MACHINE" | "HKLM", "SYSTEM") => Ok((HiveFile::System, system(below, control_set))),
        ("HKEY_LOCAL_MACHINE" | "HKLM", "COMPONENTS") => hive(HiveFile::Components, below),
        ("HKEY_LOCAL_MACHINE" | "HKLM", "SAM") => hive(HiveFile::Sam, below),
        ("HKEY_LOCAL_MACHINE" | "HKLM", "SECURITY") => hive(HiveFile::Security, below),
        ("HKEY_LOCAL_MACHINE" | "HKLM", "DRIVERS") => hive(HiveFile::Drivers, below),
        ("HKEY_CURRENT_USER" | "HKCU", _) => Ok((HiveFile::DefaultUser, user(rest, view))),
        ("HKEY_USERS" | "HKU", ".DEFAULT" | "S-1-5-18") => Ok((HiveFile::Default, user(below, view))),
        ("HKEY_USERS" | "HKU", "S-1-5-19") => Ok((HiveFile::LocalService, user(below, view))),
        ("HKEY_USERS" | "HKU", "S-1-5-20") => Ok((HiveFile::NetworkService, user(below, view))),
        _ => Err(unknown()),
    }
}

fn node(view: View) -> Option<&'static str> {
    match view {
        View::Native => None,
        View::X86 => Some("Wow6432Node"),
        View::Arm => Some("WowAA32Node"),
    }
}

fn is(part: Option<&&str>, name: &str) -> bool {
    part.is_some_and(|part| part.eq_ignore_ascii_case(name))
}

fn software(path: &[&str], view: View) -> String {
    let plain = path.join("\\");
    let Some(node) = node(view) else { return plain };
    if is(path.first(), node) {
        return plain;
    }
    if is(path.first(), "Classes") {
        return classes(path, node);
    }
    let below = |shared: &str| {
        let parts: Vec<&str> = shared.split('\\').collect();
        path.len() >= parts.len() && parts.iter().zip(path).all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    if SHARED.iter().any(|shared| below(shared)) {
        return plain;
    }
    format!(r"{node}\{plain}").trim_end_matches('\\').to_owned()
}

/// A path that begins with `Classes`.
fn classes(path: &[&str], node: &str) -> String {
    let split = path.get(1).is_some_and(|name| SPLIT_CLASSES.iter().any(|s| s.eq_ignore_ascii_case(name)));
    if split { format!(r"{}\{node}\{}", path[0], path[1..].join("\\")) } else { path.join("\\") }
}

fn user(path: &[&str], view: View) -> String {
    match node(view) {
        Some(node) if is(path.first(), "Software") && is(path.get(1), "Classes") => {
            format!(r"{}\{}", path[0], classes(&path[1..], node))
        }
        _ => path.join("\\"),
    }
}

fn system(path: &[&str], control_set: u32) -> String {
    match path.split_first() {
        Some((first, rest)) if first.eq_ignore_ascii_case("CurrentControlSet") => {
            let set = format!("ControlSet{control_set:03}");
            [&[set.as_str()], rest].concat().join("\\")
        }
        _ => path.join("\\"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(name: &str, view: View) -> String {
        let (hive, path) = locate(name, view, 1).unwrap();
        format!("{hive:?}|{path}")
    }

    #[test]
    fn roots_lead_to_hives() {
        for (name, expected) in [
            (r"HKEY_LOCAL_MACHINE\SOFTWARE\A\b", r"Software|A\b"),
            (r"HKEY_LOCAL_MACHINE\software\A\\", "Software|A"),
            (r"HKEY_CLASSES_ROOT\CLSID\{1}", r"Software|Classes\CLSID\{1}"),
            (r"HKEY_CLASSES_ROOT", "Software|Classes"),
            (r"HKLM\System\CurrentControlSet\Services\x", r"System|ControlSet001\Services\x"),
            (r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\x", r"System|ControlSet001\x"),
            (r"HKEY_LOCAL_MACHINE\SYSTEM\Setup", "System|Setup"),
            (r"HKEY_LOCAL_MACHINE\SYSTEM", "System|"),
            (r"HKEY_USERS\.Default\Control Panel", "Default|Control Panel"),
            (r"HKEY_USERS\S-1-5-19\x", "LocalService|x"),
            (r"HKEY_CURRENT_USER\Software\x", r"DefaultUser|Software\x"),
            (r"HKEY_LOCAL_MACHINE\DRIVERS\x", "Drivers|x"),
        ] {
            assert_eq!(at(name, View::Native), expected, "{name}");
        }
        for bad in [
            "",
            r"HKEY_LOCAL_MACHINE",
            r"HKEY_LOCAL_MACHINE\HARDWARE\x",
            r"HKEY_CURRENT_CONFIG\x",
            r"HKEY_USERS\S-1-5-21-1\x",
            "X",
        ] {
            assert!(locate(bad, View::Native, 1).is_err(), "{bad}");
        }
        assert_eq!(HiveFile::DefaultUser.path().to_string(), r"\Users\Default\NTUSER.DAT");
    }

    #[test]
    fn components_of_32_bits_have_keys_of_their_own() {
        for (name, expected) in [
            (r"HKEY_LOCAL_MACHINE\SOFTWARE\A", r"Software|Wow6432Node\A"),
            (r"HKEY_LOCAL_MACHINE\SOFTWARE", "Software|Wow6432Node"),
            (r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\A", r"Software|Wow6432Node\A"),
            (r"HKEY_CLASSES_ROOT\clsid\{1}\x", r"Software|Classes\Wow6432Node\clsid\{1}\x"),
            (r"HKEY_CLASSES_ROOT\.txt", r"Software|Classes\.txt"),
            (r"HKEY_CLASSES_ROOT\Wow6432Node\CLSID", r"Software|Classes\Wow6432Node\CLSID"),
            (r"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\TypeLib\x", r"Software|Classes\TypeLib\x"),
            (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Ole\x", r"Software|Microsoft\Ole\x"),
            (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\OleX", r"Software|Wow6432Node\Microsoft\OleX"),
            (
                r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost",
                r"Software|Wow6432Node\Microsoft\Windows NT\CurrentVersion\Svchost",
            ),
            (
                r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Print\x",
                r"Software|Microsoft\Windows NT\CurrentVersion\Print\x",
            ),
            (r"HKEY_CURRENT_USER\Software\A", r"DefaultUser|Software\A"),
            (
                r"HKEY_CURRENT_USER\Software\Classes\CLSID\x",
                r"DefaultUser|Software\Classes\Wow6432Node\CLSID\x",
            ),
            (r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\x", r"System|ControlSet001\x"),
        ] {
            assert_eq!(at(name, View::X86), expected, "{name}");
        }
        assert_eq!(at(r"HKLM\SOFTWARE\A", View::Arm), r"Software|WowAA32Node\A");
    }
}
