//! Assembly identities: what names a package, a component or a deployment.

use crate::error::{Error, Result};
use roxmltree::Node;
use std::fmt;
use std::str::FromStr;

/// A version `major.minor.build.revision`. In a reference, all zero stands for "any".
///
/// ```
/// use wimwright::cbs::Version;
///
/// let version: Version = "10.0.26100.1742".parse()?;
/// assert!(version == Version::new(10, 0, 26100, 1742) && version > Version::new(10, 0, 19041, 4000));
/// assert!(Version::default().is_zero() && "10.0".parse::<Version>().is_err());
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// First number.
    pub major: u16,
    /// Second number.
    pub minor: u16,
    /// Third number.
    pub build: u16,
    /// Fourth number.
    pub revision: u16,
}

impl Version {
    /// The version of these four numbers.
    pub const fn new(major: u16, minor: u16, build: u16, revision: u16) -> Self {
        Self { major, minor, build, revision }
    }

    /// Whether all four numbers are zero.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::malformed(format!("'{text}' is not a version of four numbers"));
        let mut parts = text.trim().split('.').map(|p| p.parse::<u16>().map_err(|_| bad()));
        let mut next = || parts.next().unwrap_or_else(|| Err(bad()));
        let version = Self::new(next()?, next()?, next()?, next()?);
        if parts.next().is_some() { Err(bad()) } else { Ok(version) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.major, self.minor, self.build, self.revision)
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// An `assemblyIdentity`: of a package, a component, a deployment or a driver.
///
/// Texts are kept as they are spelled and compared without regard to case. A language of `neutral`, `none` or
/// nothing is the empty text here.
///
/// ```
/// use wimwright::cbs::{Identity, Version};
///
/// let old = Identity::parse("Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.7")?;
/// let new = Identity { version: Version::new(6, 1, 1, 8), ..old.clone() };
/// assert!(new != old && new.same_family(&old) && old.architecture == "amd64");
/// assert_eq!(new.to_string(), "Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.8");
/// // The COMPONENTS hive spells identities in its own way.
/// assert!(new.component_text().starts_with("Package_for_KB2999226, Culture=neutral, Version=6.1.1.8, "));
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The version; all zero where a reference leaves it open.
    pub version: Version,
    /// `amd64`, `x86`, `wow64`, `arm64`, `msil`, `neutral`, ...; empty where absent.
    pub architecture: String,
    /// The language (`en-US`), empty where neutral; `*` in a reference means any.
    pub language: String,
    /// The public key token, 16 hexadecimal digits; empty where absent.
    pub public_key_token: String,
    /// `win32`, `dualModeDriver`, ...; empty where absent.
    pub kind: String,
    /// `nonSxS`, or empty.
    pub version_scope: String,
    /// `release`, or empty; names nothing.
    pub build_type: String,
}

impl Identity {
    /// The full text of a package's identity, `name~token~architecture~language~version`: what its `.mum` is
    /// called in an image and its key in the registry.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || Error::malformed(format!("'{text}' is not a package identity"));
        let mut parts = text.split('~');
        let mut next = || parts.next().ok_or_else(bad);
        let (name, token, architecture, language, version) = (next()?, next()?, next()?, next()?, next()?);
        if name.is_empty() || parts.next().is_some() {
            return Err(bad());
        }
        Ok(Self {
            name: name.to_owned(),
            public_key_token: token.to_owned(),
            architecture: architecture.to_owned(),
            language: neutral_is_empty(language),
            version: version.parse()?,
            ..Self::default()
        })
    }

    /// The identity that an `assemblyIdentity` element states.
    pub(crate) fn from_xml(node: Node<'_, '_>) -> Result<Self> {
        let get = |name: &str| node.attribute(name).unwrap_or_default().trim().to_owned();
        let name = get("name");
        if name.is_empty() {
            return Err(Error::malformed("an assemblyIdentity has no name"));
        }
        let language = node.attribute("language").or_else(|| node.attribute("culture")).unwrap_or_default();
        let version = match node.attribute("version") {
            Some(text) => text.parse().map_err(|e: Error| e.with_path(&name))?,
            None => Version::default(),
        };
        Ok(Self {
            version,
            architecture: get("processorArchitecture"),
            language: neutral_is_empty(language.trim()),
            public_key_token: get("publicKeyToken"),
            kind: get("type"),
            version_scope: get("versionScope"),
            build_type: get("buildType"),
            name,
        })
    }

    /// The identity as the `identity` value of a component in the COMPONENTS hive spells it.
    pub fn component_text(&self) -> String {
        let or = |text: &str, default: &str| if text.is_empty() { default.into() } else { text.to_owned() };
        let kind = if self.kind.is_empty() { String::new() } else { format!(", Type={}", self.kind) };
        let scope =
            if self.version_scope.eq_ignore_ascii_case("nonsxs") { ", versionScope=NonSxS" } else { "" };
        format!(
            "{}, Culture={}{kind}, Version={}, PublicKeyToken={}, ProcessorArchitecture={}{scope}",
            self.name,
            or(&self.language, "neutral"),
            self.version,
            or(&self.public_key_token, "neutral"),
            or(&self.architecture, "neutral"),
        )
    }

    /// Whether both name the same thing, whatever their versions.
    pub fn same_family(&self, other: &Self) -> bool {
        let pairs = [
            (&self.name, &other.name),
            (&self.public_key_token, &other.public_key_token),
            (&self.language, &other.language),
            (&self.kind, &other.kind),
        ];
        pairs.iter().all(|(a, b)| a.eq_ignore_ascii_case(b))
            && plain_architecture(&self.architecture)
                .eq_ignore_ascii_case(plain_architecture(&other.architecture))
    }
}

/// `neutral` and nothing are one architecture in a package identity.
fn plain_architecture(text: &str) -> &str {
    if text.eq_ignore_ascii_case("neutral") { "" } else { text }
}

fn neutral_is_empty(language: &str) -> String {
    match language {
        l if l.eq_ignore_ascii_case("neutral") || l.eq_ignore_ascii_case("none") => String::new(),
        l => l.to_owned(),
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && self.same_family(other)
    }
}

impl Eq for Identity {}

/// The package identity text, `name~token~architecture~language~version`.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, public_key_token, language, version, .. } = self;
        let architecture = plain_architecture(&self.architecture);
        write!(f, "{name}~{public_key_token}~{architecture}~{language}~{version}")
    }
}

impl serde::Serialize for Identity {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_order_by_number() {
        let v = |text: &str| text.parse::<Version>().unwrap();
        assert!(v("6.1.7601.9") < v("6.1.7601.23140") && v("10.0.0.0") > v("6.3.0.0"));
        assert_eq!(v("6.1.7601.17514").to_string(), "6.1.7601.17514");
        for bad in ["", "6.1", "6.1.2.3.4", "6.1.2.65536", "a.b.c.d", "6..1.2"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }

    #[test]
    fn package_identities_parse_and_print() {
        let text = "Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.7";
        let id = Identity::parse(text).unwrap();
        assert_eq!((id.to_string().as_str(), id.language.as_str()), (text, ""));
        let upper = Identity::parse(&text.to_uppercase()).unwrap();
        assert_eq!(id, upper);
        let newer = Identity { version: Version::new(6, 1, 1, 8), ..id.clone() };
        assert!(newer.same_family(&id) && newer != id);
        for bad in ["", "a~b~c~d", "a~b~c~~1.2.3", "a~b~c~~1.2.3.4~x", "~b~c~~1.2.3.4"] {
            assert!(Identity::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_components_hive_has_its_own_spelling() {
        let id = Identity {
            kind: String::new(),
            version_scope: "nonSxS".into(),
            ..Identity::parse("Microsoft-Windows-Foundation~31bf3856ad364e35~amd64~~10.0.14393.0").unwrap()
        };
        assert_eq!(
            id.component_text(),
            "Microsoft-Windows-Foundation, Culture=neutral, Version=10.0.14393.0, \
             PublicKeyToken=31bf3856ad364e35, ProcessorArchitecture=amd64, versionScope=NonSxS"
        );
    }
}
