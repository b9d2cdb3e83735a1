//! The answer file for the pass `offlineServicing`, in which Windows Setup or DISM installs packages.

use super::script::MARK;
use crate::base::{Limits, xml_child, xml_children, xml_text, xml_tree};
use crate::cbs::Identity;
use crate::error::{Error, ErrorKind, Result};
use roxmltree::Node;
use std::fmt::Write;

/// A package that the answer file installs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub identity: Identity,
    /// Where it lies, below the folder of the answer file.
    pub location: String,
}

/// The packages of an answer file that we wrote. One that anybody else wrote, or changed, is refused.
pub(super) fn parse(data: &[u8], limits: &Limits) -> Result<Vec<Wanted>> {
    let text = xml_text(data, limits)?;
    let tree = xml_tree(&text, limits)?;
    let mut packages = Vec::new();
    for settings in xml_children(tree.root_element(), "settings") {
        for package in xml_child(settings, "servicing").iter().flat_map(|s| xml_children(*s, "package")) {
            packages.push(wanted(package)?);
        }
    }
    // What we would not write again as it is holds something that would be lost.
    let architecture = architecture(tree.root_element()).unwrap_or_default();
    if write(&packages, architecture) != text {
        let sentence = "was not written by this program, or was changed; it is not written over";
        return Err(Error::new(ErrorKind::AlreadyExists, sentence));
    }
    Ok(packages)
}

/// The architecture that an answer file of ours is for.
pub(super) fn architecture_of(data: &[u8], limits: &Limits) -> Result<String> {
    let text = xml_text(data, limits)?;
    let tree = xml_tree(&text, limits)?;
    Ok(architecture(tree.root_element()).unwrap_or_default().to_owned())
}

fn architecture<'a>(root: Node<'a, '_>) -> Option<&'a str> {
    root.descendants().find(|n| n.tag_name().name() == "component")?.attribute("processorArchitecture")
}

fn wanted(package: Node<'_, '_>) -> Result<Wanted> {
    let missing = || Error::new(ErrorKind::AlreadyExists, "names a package in a form that is not ours");
    let identity = xml_child(package, "assemblyIdentity").ok_or_else(missing)?;
    let source = xml_child(package, "source").and_then(|s| s.attribute("location")).ok_or_else(missing)?;
    let location = source.strip_prefix(r"%configsetroot%\").ok_or_else(missing)?;
    Ok(Wanted { identity: Identity::from_xml(identity)?, location: location.to_owned() })
}

/// The answer file. `%configsetroot%` is its own folder: Windows Setup sets it where a configuration set is used, as the
/// file asks it to.
pub(super) fn write(packages: &[Wanted], architecture: &str) -> String {
    let mut out = format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<!-- {MARK} -->
<unattend xmlns="urn:schemas-microsoft-com:unattend">
  <settings pass="windowsPE">
    <component name="Microsoft-Windows-Setup" processorArchitecture="{}" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">
      <UseConfigurationSet>true</UseConfigurationSet>
    </component>
  </settings>
  <settings pass="offlineServicing" wasPassProcessed="false">
    <servicing>
"#,
        attribute(architecture)
    );
    for Wanted { identity, location } in packages {
        let language = if identity.language.is_empty() { "neutral" } else { &identity.language };
        let fields = [
            ("name", identity.name.as_str()),
            ("version", &identity.version.to_string()),
            ("processorArchitecture", &identity.architecture),
            ("publicKeyToken", &identity.public_key_token),
            ("language", language),
        ];
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!(r#"{name}="{}""#, attribute(value))).collect();
        // Writing into a string does not fail.
        _ = write!(
            out,
            "      <package action=\"install\">\n        <assemblyIdentity {}/>\n        <source location=\"%configsetroot%\\{}\"/>\n      </package>\n",
            fields.join(" "),
            attribute(location)
        );
    }
    out + "    </servicing>\n  </settings>\n</unattend>\n"
}

fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => _ = write!(out, "&#{};", u32::from(c)),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, location: &str) -> Wanted {
        let identity = Identity::parse(&format!("{name}~31bf3856ad364e35~amd64~~6.1.1.0")).unwrap();
        Wanted { identity, location: location.into() }
    }

    #[test]
    fn what_is_written_reads_back() {
        let packages = [package("One", r"00\one.cab"), package("Two & more", r"01\two.cab")];
        for count in 0..3 {
            let text = write(&packages[..count], "amd64");
            assert_eq!(parse(text.as_bytes(), &Limits::default()).unwrap(), packages[..count]);
        }
        let text = write(&packages, "amd64");
        assert!(text.contains(r#"<source location="%configsetroot%\00\one.cab"/>"#), "{text}");
        assert!(text.contains(r#"name="Two &amp; more" version="6.1.1.0""#), "{text}");
    }

    #[test]
    fn what_another_hand_wrote_is_refused() {
        let ours = write(&[package("One", "one.cab")], "amd64");
        let limits = Limits::default();
        for theirs in [
            ours.replace("</unattend>", "<settings pass=\"specialize\"/></unattend>"),
            ours.replace("%configsetroot%", "C:"),
            ours.replace("install", "remove"),
            ours.replace("wasPassProcessed=\"false\"", ""),
            "<unattend/>".into(),
        ] {
            let error = parse(theirs.as_bytes(), &limits).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{theirs}");
        }
        assert!(parse(b"no xml", &limits).is_err());
    }
}
