//! What a captured tree says of the Windows in it: the `WINDOWS` element that Microsoft's tools and wimlib write.
//!
//! Where each value comes from is as in wimlib: the machine of `kernel32.dll`, `Microsoft\Windows NT\CurrentVersion` of
//! the SOFTWARE hive, `ControlSet001\Control` of the SYSTEM hive. What cannot be read is left out, as there.

use super::languages::language;
use super::tree::Tree;
use crate::base::{BlobSource, Limits, Name, read_all, upcase};
use crate::registry::{Hive, Key, ValueKind};
use crate::wim::commit::ImageProperties;
use crate::wim::metadata::{DentryId, Metadata};
use std::fmt::Write as _;
use std::io::Read as _;

/// The element for an image of this tree, where a Windows is in it; `properties` that nobody chose are completed.
pub(super) fn describe(tree: &Tree, properties: &mut ImageProperties, limits: &Limits) -> Option<String> {
    let root = SystemRoot::find(&tree.metadata)?;
    let mut found = Found { root: capitals(tree.metadata.dentry(root.folder).name()), ..Found::default() };
    found.architecture = root.kernel32.and_then(|file| architecture(contents(tree, file)?));
    let hive = |file: Option<DentryId>| {
        let blob = contents(tree, file?)?;
        Limits::check("the size of the hive", blob.size(), limits.max_buffer).ok()?;
        Hive::open_as_is(read_all(blob).ok()?, limits).ok()
    };
    if let Some(hive) = hive(root.software) {
        found.software(&hive);
    }
    if let Some(hive) = hive(root.system) {
        found.system(&hive);
    }
    let fill = |property: &mut Option<String>, value: &Option<String>| {
        if property.is_none() {
            property.clone_from(value);
        }
    };
    fill(&mut properties.edition, &found.edition);
    fill(&mut properties.display_name, &found.product);
    fill(&mut properties.display_description, &found.product);
    Some(found.element())
}

/// The folder that Windows is in, and the files in it that tell of it.
struct SystemRoot {
    folder: DentryId,
    kernel32: Option<DentryId>,
    software: Option<DentryId>,
    system: Option<DentryId>,
}

impl SystemRoot {
    /// The folder that has the most of these files; `Windows` where others have as many.
    fn find(tree: &Metadata) -> Option<Self> {
        // Few folders are looked into: an index of all names would cost more than it saves.
        let child = |dir: DentryId, name: &str| {
            let (name, all) = (Name::from(name), tree.dentry(dir).children());
            let called = |exact: bool| {
                let mut all = all.iter().copied();
                all.find(|&id| {
                    let own = tree.dentry(id).name();
                    if exact { own.same_spelling(&name) } else { *own == name }
                })
            };
            called(true).or_else(|| called(false))
        };
        let mut best: Option<((usize, bool), Self)> = None;
        for &folder in tree.dentry(tree.root()).children() {
            let Some(system32) = child(folder, "System32") else { continue };
            let config = child(system32, "config");
            let hive = |name| child(config?, name);
            let kernel32 = child(system32, "kernel32.dll");
            let (software, system) = (hive("SOFTWARE"), hive("SYSTEM"));
            let count = [kernel32, software, system].iter().flatten().count();
            let rank = (count, *tree.dentry(folder).name() == Name::from("Windows"));
            if count > 0 && best.as_ref().is_none_or(|(most, _)| rank > *most) {
                best = Some((rank, Self { folder, kernel32, software, system }));
            }
        }
        best.map(|(_, found)| found)
    }
}

/// The contents of a file of the tree; `None` for one that is empty or no file.
fn contents(tree: &Tree, file: DentryId) -> Option<&dyn BlobSource> {
    let id = tree.metadata.dentry(file).inode();
    let inode = tree.metadata.inode(id);
    if inode.is_dir() || inode.is_reparse_point() {
        return None;
    }
    let field = (id, inode.data_slot()?);
    let at = tree.waiting.iter().position(|fields| fields.contains(&field));
    at.map(|at| &*tree.contents[at].blob)
}

/// A name as Windows writes it in capitals; empty where no text can hold it.
fn capitals(name: &Name) -> String {
    let units: Vec<u16> = name.units().iter().copied().map(upcase).collect();
    String::from_utf16(&units).unwrap_or_default()
}

/// The architecture of a program, as `ARCH` has it.
fn architecture(program: &dyn BlobSource) -> Option<u32> {
    let mut head = Vec::new();
    program.open().ok()?.take(1 << 16).read_to_end(&mut head).ok()?;
    let at = u32::from_le_bytes(head.get(0x3C..0x40)?.try_into().ok()?);
    let header = head.get(usize::try_from(at).ok()?..)?.get(..6)?;
    if !header.starts_with(b"PE\0\0") {
        return None;
    }
    match u16::from_le_bytes([header[4], header[5]]) {
        0x014C => Some(0),
        0x01C0 | 0x01C2 | 0x01C4 => Some(5),
        0x0200 => Some(6),
        0x8664 => Some(9),
        0xAA64 => Some(12),
        _ => None,
    }
}

/// What was found.
#[derive(Default)]
struct Found {
    architecture: Option<u32>,
    product: Option<String>,
    edition: Option<String>,
    installation: Option<String>,
    hal: Option<String>,
    product_type: Option<String>,
    product_suite: Option<String>,
    languages: Vec<String>,
    default_language: Option<String>,
    /// Major, minor, build, build of the service pack, service pack.
    version: [Option<String>; 5],
    root: String,
}

/// A text, or the first of several; none that is empty or that XML cannot hold.
fn text(key: &Key<'_>, name: &str) -> Option<String> {
    let value = key.value(name).ok()??;
    let text = match value.kind() {
        ValueKind::MULTI_SZ => value.strings().ok()??.into_iter().next()?,
        _ => value.text().ok()??,
    };
    fits(&text).then_some(text)
}

fn fits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
}

fn number(key: &Key<'_>, name: &str) -> Option<u64> {
    let value = key.value(name).ok()??;
    value.dword().ok()?.map(u64::from).or(value.qword().ok()?)
}

impl Found {
    fn software(&mut self, hive: &Hive) {
        let Ok(Some(key)) = hive.key(r"Microsoft\Windows NT\CurrentVersion") else { return };
        self.edition = text(&key, "EditionID");
        self.installation = text(&key, "InstallationType");
        self.product = text(&key, "ProductName");
        let numbers =
            ["CurrentMajorVersionNumber", "CurrentMinorVersionNumber"].map(|name| number(&key, name));
        let [major, minor] = if let [Some(major), Some(minor)] = numbers {
            [Some(major.to_string()), Some(minor.to_string())]
        } else {
            // Before Windows 10, since when it says 6.3 for good.
            let old = text(&key, "CurrentVersion").unwrap_or_default();
            let mut parts = old.split('.').map(|part| part.parse::<u32>().ok().map(|n| n.to_string()));
            [parts.next().flatten(), parts.next().flatten()]
        };
        // In Windows XP the one is a remark that the other has the number.
        let build = text(&key, "CurrentBuild");
        let build = build.filter(|build| !build.contains('.')).or_else(|| text(&key, "CurrentBuildNumber"));
        self.version[..3].clone_from_slice(&[major, minor, build]);
    }

    fn system(&mut self, hive: &Hive) {
        let Ok(Some(control)) = hive.key(r"ControlSet001\Control") else { return };
        let key = |path: &str| control.subkey(path).ok().flatten();
        if let Some(key) = key("Windows") {
            self.version[3] = number(&key, "CSDBuildNumber").map(|n| n.to_string());
            self.version[4] = number(&key, "CSDVersion").map(|n| (n >> 8).to_string());
        }
        if let Some(key) = key("ProductOptions") {
            self.product_type = text(&key, "ProductType");
            self.product_suite = text(&key, "ProductSuite");
        }
        if let Some(key) = key(r"Class\{4D36E966-E325-11CE-BFC1-08002BE10318}\0000") {
            self.hal = text(&key, "MatchingDeviceId");
        }
        if let Some(key) = key(r"MUI\UILanguages") {
            let names = key.subkeys().unwrap_or_default();
            self.languages =
                names.iter().map(|key| key.name().to_string()).filter(|name| fits(name)).collect();
        }
        if let Some(key) = key(r"Nls\Language") {
            let number = text(&key, "InstallLanguage").and_then(|text| u32::from_str_radix(&text, 16).ok());
            self.default_language = number.and_then(language).map(str::to_owned);
        }
    }

    /// The element, its parts in the order that Microsoft's tools write.
    fn element(&self) -> String {
        let mut out = String::from("<WINDOWS>");
        add(&mut out, "ARCH", self.architecture.map(|n| n.to_string()).as_ref());
        add(&mut out, "PRODUCTNAME", self.product.as_ref());
        add(&mut out, "EDITIONID", self.edition.as_ref());
        add(&mut out, "INSTALLATIONTYPE", self.installation.as_ref());
        add(&mut out, "HAL", self.hal.as_ref());
        add(&mut out, "PRODUCTTYPE", self.product_type.as_ref());
        add(&mut out, "PRODUCTSUITE", self.product_suite.as_ref());
        if !self.languages.is_empty() || self.default_language.is_some() {
            out += "<LANGUAGES>";
            self.languages.iter().for_each(|name| add(&mut out, "LANGUAGE", Some(name)));
            add(&mut out, "DEFAULT", self.default_language.as_ref());
            out += "</LANGUAGES>";
        }
        if self.version.iter().any(Option::is_some) {
            out += "<VERSION>";
            for (name, value) in ["MAJOR", "MINOR", "BUILD", "SPBUILD", "SPLEVEL"].iter().zip(&self.version) {
                add(&mut out, name, value.as_ref());
            }
            out += "</VERSION>";
        }
        add(&mut out, "SYSTEMROOT", Some(&self.root).filter(|root| fits(root)));
        out + "</WINDOWS>"
    }
}

fn add(out: &mut String, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        // Writing to a text does not fail.
        let _ = write!(out, "<{name}>{value}</{name}>");
    }
}
