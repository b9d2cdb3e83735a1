//! What a cabinet is to servicing, judged by the names in its directory.

use super::Kind;
use crate::error::{Error, Result};
use crate::package::cab::{Cabinet, Member};

/// The member that makes a cabinet a package.
const PACKAGE: &str = "update.mum";
/// The index of a package's stored streams, which makes it one as well.
const INDEX: &str = "_manifest_.cix.xml";
/// Metadata for the Windows Update scan, beside the package in an MSU.
const SCAN: &str = "wsusscan.cab";

/// What a member is to its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Package,
    Properties,
    Answer,
    Other,
}

/// The role of a member of an MSU or bundle.
pub(super) fn role(member: &Member) -> Role {
    let name = file_name(member);
    if ends(&name, ".cab") && name != SCAN {
        Role::Package
    } else if is_properties(&name) {
        Role::Properties
    } else if ends(&name, ".xml") {
        Role::Answer
    } else {
        Role::Other
    }
}

/// The kind of a cabinet; what is known and not handled is refused by name.
pub(super) fn kind(cabinet: &Cabinet) -> Result<Kind> {
    let names: Vec<String> = cabinet.members().iter().map(file_name).collect();
    let has = |test: &dyn Fn(&str) -> bool| names.iter().any(|n| test(n));
    let refuse = |what: &str| Err(Error::unsupported(what).with_path(cabinet.name()));
    if has(&|n| n.ends_with(".psf.cix.xml")) {
        return refuse("an express package, whose payload lies in a separate PSF file, is not handled");
    }
    if cabinet.find(PACKAGE).or_else(|| cabinet.find(INDEX)).is_some() {
        return Ok(Kind::Cab);
    }
    let holds_cabs = cabinet.members().iter().any(|m| role(m) == Role::Package);
    if has(&|n| n == "onepackage.aggregatedmetadata.cab") || holds_cabs && has(&|n| ends(n, ".psf")) {
        return refuse("a combined update (cabinets with PSF payload) is not handled");
    }
    if holds_cabs && has(&|n| n == "toc.xml") {
        return refuse("a bundle with toc.xml is not handled; service the cabinets in it one by one");
    }
    let is_msu = has(&|n| n == SCAN || is_properties(n));
    if is_msu && has(&|n| ends(n, ".wim")) {
        return refuse("an MSU with its package in a WIM is not handled");
    }
    if !holds_cabs {
        return Ok(Kind::PlainCab);
    }
    if is_msu || cabinet.members().iter().any(|m| role(m) == Role::Answer) {
        return Ok(Kind::CabMsu);
    }
    let only_cabs = names.iter().all(|n| ends(n, ".cab") || ends(n, ".ini"));
    Ok(if only_cabs { Kind::CabOfCabs } else { Kind::PlainCab })
}

/// The last component of a member's name, in lower case.
fn file_name(member: &Member) -> String {
    member.name.rsplit(['\\', '/']).next().unwrap_or_default().to_lowercase()
}

/// Whether a lower-case name has this extension and something before it.
fn ends(name: &str, extension: &str) -> bool {
    name.len() > extension.len() && name.ends_with(extension)
}

/// `…-pkgProperties.txt`, with a suffix such as `_PSFX` in newer updates.
fn is_properties(name: &str) -> bool {
    name.contains("pkgproperties") && ends(name, ".txt")
}
