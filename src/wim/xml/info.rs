//! What the XML data says about one image.

use crate::base::{unless_empty, xml_child, xml_children};
use roxmltree::Node;
use std::fmt;

/// A FILETIME: 100 ns since 1601, UTC. Shown and serialised as `2026-11-23T09:22:00Z`.
///
/// ```
/// use wimwright::wim::xml::FileTime;
///
/// assert_eq!(FileTime::from_unix(1_700_000_000).to_string(), "2023-11-14T22:13:20Z");
/// assert!(FileTime::now() > FileTime::from_unix(1_700_000_000));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTime(pub u64);

impl FileTime {
    /// 1970 in FILETIME.
    const UNIX: u64 = 116_444_736_000_000_000;

    /// The time of this moment.
    pub fn now() -> Self {
        Self::from(std::time::SystemTime::now())
    }

    /// The time that lies `seconds`, and `nanos` billionths of one, after 1970; what lies before 1601 becomes 1601.
    pub(crate) fn from_unix_parts(seconds: i64, nanos: u32) -> Self {
        let ticks = i128::from(Self::UNIX) + i128::from(seconds) * 10_000_000 + i128::from(nanos / 100);
        Self(u64::try_from(ticks.max(0)).unwrap_or(u64::MAX))
    }

    /// The time that lies `seconds` after 1970.
    pub fn from_unix(seconds: u64) -> Self {
        Self(Self::UNIX.saturating_add(seconds.saturating_mul(10_000_000)))
    }
}

impl From<std::time::SystemTime> for FileTime {
    fn from(time: std::time::SystemTime) -> Self {
        let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self(Self::UNIX + (since.as_nanos() / 100) as u64)
    }
}

/// A time that the system cannot hold becomes 1970.
impl From<FileTime> for std::time::SystemTime {
    fn from(time: FileTime) -> Self {
        let span = time.0.abs_diff(FileTime::UNIX);
        let span = std::time::Duration::new(span / 10_000_000, (span % 10_000_000) as u32 * 100);
        let after = time.0 >= FileTime::UNIX;
        let time =
            if after { Self::UNIX_EPOCH.checked_add(span) } else { Self::UNIX_EPOCH.checked_sub(span) };
        time.unwrap_or(Self::UNIX_EPOCH)
    }
}

impl fmt::Display for FileTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.0 / 10_000_000) as i64 - (Self::UNIX / 10_000_000) as i64;
        let text = time::OffsetDateTime::from_unix_timestamp(seconds)
            .ok()
            .and_then(|t| t.format(&time::format_description::well_known::Rfc3339).ok());
        match text {
            Some(text) => f.write_str(&text),
            None => write!(f, "{:#018x}", self.0),
        }
    }
}

impl serde::Serialize for FileTime {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// The version of the Windows in an image. Shown and serialised as `10.0.19041.1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowsVersion {
    /// 6 or 10.
    pub major: u32,
    /// Minor version.
    pub minor: u32,
    /// Build.
    pub build: u32,
    /// Revision of the build.
    pub sp_build: u32,
    /// Service pack.
    pub sp_level: u32,
}

impl fmt::Display for WindowsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.major, self.minor, self.build, self.sp_build)
    }
}

/// One `IMAGE` element. What an image does not say is `None` or empty. The fields have the elements' names; in a JSON
/// document they have those that all documents use, and an empty text is `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ImageInfo {
    /// Index from 1.
    pub index: u32,
    /// Name.
    pub name: String,
    /// Description.
    #[serde(serialize_with = "unless_empty")]
    pub description: String,
    /// Name for people, where it differs.
    pub display_name: Option<String>,
    /// Description for people, where it differs.
    pub display_description: Option<String>,
    /// Edition, as ImageX's flags give it.
    pub flags: Option<String>,
    /// Directories, the root left out.
    #[serde(rename = "directories")]
    pub dir_count: u64,
    /// Files, each name of a hard-link group counted.
    #[serde(rename = "files")]
    pub file_count: u64,
    /// Bytes of all files, each name of a hard-link group counted.
    #[serde(rename = "bytes")]
    pub total_bytes: u64,
    /// Bytes of those files that have more than one name.
    pub hard_link_bytes: u64,
    /// When the image was captured.
    #[serde(rename = "created")]
    pub creation_time: Option<FileTime>,
    /// When the image was changed last.
    #[serde(rename = "modified")]
    pub last_modification_time: Option<FileTime>,
    /// Processor architecture as Windows numbers it: 0 x86, 5 arm, 9 amd64, 12 arm64.
    #[serde(rename = "architecture", serialize_with = "arch_name")]
    pub arch: Option<u32>,
    /// Version of Windows.
    pub version: Option<WindowsVersion>,
    /// Branch of the build.
    pub branch: Option<String>,
    /// Product name.
    pub product_name: Option<String>,
    /// Edition.
    #[serde(rename = "edition")]
    pub edition_id: Option<String>,
    /// Client, Server, Server Core, WindowsPE, ...
    pub installation_type: Option<String>,
    /// WinNT or ServerNT.
    pub product_type: Option<String>,
    /// Product suite.
    pub product_suite: Option<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// Default language.
    pub default_language: Option<String>,
    /// Folder of Windows, `WINDOWS` as a rule.
    pub system_root: Option<String>,
}

impl serde::Serialize for WindowsVersion {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

fn name_of_arch(number: u32) -> Option<&'static str> {
    Some(match number {
        0 => "x86",
        5 => "arm",
        6 => "ia64",
        9 => "amd64",
        12 => "arm64",
        _ => return None,
    })
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn arch_name<S: serde::Serializer>(arch: &Option<u32>, s: S) -> Result<S::Ok, S::Error> {
    match arch {
        Some(number) => match name_of_arch(*number) {
            Some(name) => s.serialize_str(name),
            None => s.collect_str(number),
        },
        None => s.serialize_none(),
    }
}

impl ImageInfo {
    /// The architecture as Windows' identities spell it.
    pub fn arch_name(&self) -> Option<&'static str> {
        name_of_arch(self.arch?)
    }

    pub(super) fn read(node: Node<'_, '_>, index: u32) -> Self {
        let text = |name| xml_child(node, name).map(inner);
        let count = |name| xml_child(node, name).and_then(number).unwrap_or(0);
        let mut out = Self {
            index,
            name: text("NAME").unwrap_or_default(),
            description: text("DESCRIPTION").unwrap_or_default(),
            display_name: text("DISPLAYNAME"),
            display_description: text("DISPLAYDESCRIPTION"),
            flags: text("FLAGS"),
            dir_count: count("DIRCOUNT"),
            file_count: count("FILECOUNT"),
            total_bytes: count("TOTALBYTES"),
            hard_link_bytes: count("HARDLINKBYTES"),
            creation_time: xml_child(node, "CREATIONTIME").and_then(file_time),
            last_modification_time: xml_child(node, "LASTMODIFICATIONTIME").and_then(file_time),
            ..Self::default()
        };
        if let Some(windows) = xml_child(node, "WINDOWS") {
            out.read_windows(windows);
        }
        out
    }

    fn read_windows(&mut self, node: Node<'_, '_>) {
        let text = |name| xml_child(node, name).map(inner);
        self.arch = xml_child(node, "ARCH").and_then(number).map(|n| n as u32);
        self.product_name = text("PRODUCTNAME");
        self.edition_id = text("EDITIONID");
        self.installation_type = text("INSTALLATIONTYPE");
        self.product_type = text("PRODUCTTYPE");
        self.product_suite = text("PRODUCTSUITE");
        self.system_root = text("SYSTEMROOT");
        if let Some(languages) = xml_child(node, "LANGUAGES") {
            self.languages = xml_children(languages, "LANGUAGE").map(inner).collect();
            self.default_language = xml_child(languages, "DEFAULT").map(inner);
        }
        if let Some(version) = xml_child(node, "VERSION") {
            let part = |name| xml_child(version, name).and_then(number).unwrap_or(0) as u32;
            self.version = Some(WindowsVersion {
                major: part("MAJOR"),
                minor: part("MINOR"),
                build: part("BUILD"),
                sp_build: part("SPBUILD"),
                sp_level: part("SPLEVEL"),
            });
            self.branch = xml_child(version, "BRANCH").map(inner);
        }
    }
}

pub(super) fn inner(node: Node<'_, '_>) -> String {
    node.children().filter_map(|child| child.text().filter(|_| child.is_text())).collect()
}

/// A number in decimal, or in hexadecimal after `0x`.
pub(super) fn number(node: Node<'_, '_>) -> Option<u64> {
    let text = inner(node);
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn file_time(node: Node<'_, '_>) -> Option<FileTime> {
    let part = |name| u32::try_from(xml_child(node, name).and_then(number)?).ok().map(u64::from);
    Some(FileTime(part("HIGHPART")? << 32 | part("LOWPART")?))
}
