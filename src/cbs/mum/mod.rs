//! Package manifests (`.mum`): what a package is, what it needs, and what it brings.

mod parent;

pub use parent::{Compare, Parent};

use super::Identity;
use super::xml::{attributes, identities, identity, text, with_assembly, yes};
use crate::base::{Limits, xml_child};
use crate::error::{Error, Result};
use roxmltree::Node;

/// A package manifest. Texts are empty where the manifest does not state them.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::cbs::Mum;
///
/// let text = r"<assembly xmlns='urn:schemas-microsoft-com:asm.v3'>
///   <assemblyIdentity name='Package_for_KB2999226' version='6.1.1.7' processorArchitecture='amd64' language='neutral'
///     publicKeyToken='31bf3856ad364e35'/>
///   <package identifier='KB2999226' releaseType='Update'>
///     <customInformation PackageFormat='CAB'/>
///     <packageExtended completelyOfflineCapable='yes'/>
///     <update name='inner'><package contained='true'>
///       <assemblyIdentity name='Inner' version='6.1.1.7' processorArchitecture='amd64' publicKeyToken='31bf3856ad364e35'/>
///     </package></update>
///   </package>
/// </assembly>";
/// let mum = Mum::parse(text.as_bytes(), &Limits::default())?;
/// assert_eq!(mum.full_name(), "Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.7");
/// assert_eq!((mum.kb().as_deref(), mum.offline_capable()), (Some("KB2999226"), Some(true)));
/// assert_eq!(mum.custom("packageformat"), Some("CAB"));
/// assert_eq!(mum.nested().next().unwrap().identity.name, "Inner");
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mum {
    /// The package's identity.
    pub identity: Identity,
    /// One line for people.
    pub description: String,
    /// A name for people; often `default`.
    pub display_name: String,
    /// Who made it.
    pub company: String,
    /// A web address, usually of the knowledge base article.
    pub support_url: String,
    /// When it was made, in ISO 8601.
    pub created: String,
    /// The identifier, usually the KB number.
    pub identifier: String,
    /// `Update`, `Security Update`, `Hotfix`, `Feature Pack`, `OnDemand Pack`, ...
    pub release_type: String,
    /// `possible`, `required` or empty.
    pub restart: String,
    /// `permanent` where the package cannot be removed.
    pub permanence: String,
    /// `deep` where the nested packages decide whether the package applies.
    pub applicability_evaluation: String,
    /// The patch storage file that holds the payload.
    pub psf_name: String,
    /// What must be installed for the package to apply; the identities of one are alternatives.
    pub parents: Vec<Parent>,
    /// The servicing stack that the package needs; its version is a minimum.
    pub installer: Option<Identity>,
    /// The attributes of `customInformation`.
    pub custom: Vec<(String, String)>,
    /// The attributes of `packageExtended`.
    pub extended: Vec<(String, String)>,
    /// Capabilities that the package is offered as.
    pub capabilities: Vec<Capability>,
    /// The updates that the package consists of.
    pub updates: Vec<PackageUpdate>,
    /// Names of other elements of the package, which this version does not interpret.
    pub other: Vec<String>,
}

/// A capability's name and version.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Capability {
    /// As in `OpenSSH.Client`.
    pub name: String,
    /// The version as written.
    pub version: String,
}

/// One `update` element.
#[derive(Clone, Debug, Default)]
pub struct PackageUpdate {
    /// The name, unique within the package.
    pub name: String,
    /// A name for people.
    pub display_name: String,
    /// Whether it wants a restart of its own.
    pub restart: String,
    /// Packages nested below this one.
    pub packages: Vec<NestedPackage>,
    /// Deployments.
    pub components: Vec<Identity>,
    /// Drivers.
    pub drivers: Vec<Driver>,
    /// Conditions on what the image holds already.
    pub applicable: Vec<Applicable>,
    /// Whether a person may turn it on and off (a feature).
    pub selectable: bool,
}

/// A package below another.
#[derive(Clone, Debug)]
pub struct NestedPackage {
    /// Its identity.
    pub identity: Identity,
    /// Whether its files travel with the outer package.
    pub contained: bool,
    /// `hidden`, `visible`, `delegate` or empty.
    pub integrate: String,
}

/// A driver of an update.
#[derive(Clone, Debug)]
pub struct Driver {
    /// Its identity.
    pub identity: Identity,
    /// Its INF file.
    pub inf: String,
}

/// A condition of an update: of a component that the image uses, or of an update of its parent.
#[derive(Clone, Debug)]
pub struct Applicable {
    /// `staged`, `detect`, ...
    pub disposition: String,
    /// How far the update may bring components or drivers, and which; any of one entry's will do.
    pub components: Vec<(Elevate, Vec<Identity>)>,
    /// Names of updates whose state is asked for.
    pub detects: Vec<String>,
    /// Names of other elements, which this version does not interpret.
    pub other: Vec<String>,
}

/// How far an update may bring a component that an image uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elevate {
    /// It need not be there.
    Install,
    /// To another revision of the same build and branch.
    Revision,
    /// To the other branch of the same build too.
    Distribution,
    /// To a later build too.
    ServiceLevel,
    /// A word that this version does not know.
    Unknown(String),
}

impl Mum {
    /// Parses a package manifest, in UTF-8 or UTF-16.
    pub fn parse(data: &[u8], limits: &Limits) -> Result<Self> {
        with_assembly(data, limits, |root| {
            let package = xml_child(root, "package")
                .ok_or_else(|| Error::malformed("the manifest has no package element"))?;
            let name = root.attribute("name").unwrap_or_default();
            read(root, package).map_err(|e| if name.is_empty() { e } else { e.with_path(name) })
        })
    }

    /// The package's identity as its manifest is named in an image, without the extension.
    pub fn full_name(&self) -> String {
        self.identity.to_string()
    }

    /// The knowledge base article (`KB2999226`), from the identifier, the package's name or its address.
    pub fn kb(&self) -> Option<String> {
        [&self.identifier, &self.identity.name, &self.support_url].iter().find_map(|t| kb_number(t))
    }

    /// Whether the package can be installed into an image that is not running; `None` where nothing is said.
    pub fn offline_capable(&self) -> Option<bool> {
        let said = self.extended.iter().find(|(name, _)| name == "completelyOfflineCapable");
        match said?.1.to_ascii_lowercase().as_str() {
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        }
    }

    /// An attribute of `customInformation`, such as `PackageFormat`.
    pub fn custom(&self, name: &str) -> Option<&str> {
        self.custom.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The identities of the packages nested in this one.
    pub fn nested(&self) -> impl Iterator<Item = &NestedPackage> {
        self.updates.iter().flat_map(|u| &u.packages)
    }
}

/// The articles that packages without one of their own name.
const PLACEHOLDERS: [&str; 2] = ["777777", "777778"];

/// `KB` and the digits after it in `text`, or after `kbid=` in an address.
pub(crate) fn kb_number(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    let after = |mark: &str| {
        let found = lower.match_indices(mark).map(|(at, _)| digits(&lower[at + mark.len()..]));
        found.into_iter().find(|d| (5..=8).contains(&d.len()))
    };
    let number = after("kb").or_else(|| after("kbid="))?;
    (!PLACEHOLDERS.contains(&number.as_str())).then(|| format!("KB{number}"))
}

fn read(root: Node<'_, '_>, package: Node<'_, '_>) -> Result<Mum> {
    let mut mum = Mum {
        identity: identity(root)?,
        description: text(root, "description"),
        display_name: text(root, "displayName"),
        company: text(root, "company"),
        support_url: text(root, "supportInformation"),
        created: text(root, "creationTimeStamp"),
        identifier: text(package, "identifier"),
        release_type: text(package, "releaseType"),
        restart: text(package, "restart"),
        permanence: text(package, "permanence"),
        applicability_evaluation: text(package, "applicabilityEvaluation"),
        psf_name: text(package, "psfName"),
        parents: Vec::new(),
        installer: None,
        custom: Vec::new(),
        extended: Vec::new(),
        capabilities: Vec::new(),
        updates: Vec::new(),
        other: Vec::new(),
    };
    for node in package.children().filter(Node::is_element) {
        match node.tag_name().name() {
            "parent" => mum.parents.push(parent::parent(node)?),
            "installerAssembly" => mum.installer = Some(Identity::from_xml(node)?),
            "customInformation" => mum.custom.extend(attributes(node)),
            "packageExtended" => mum.extended.extend(attributes(node)),
            "declareCapability" => {
                let all = node.descendants().filter(|n| n.tag_name().name() == "capabilityIdentity");
                let one = |n| Capability { name: text(n, "name"), version: text(n, "version") };
                mum.capabilities.extend(all.map(one));
            }
            "update" => mum.updates.push(update(node)?),
            "localizedStrings" => {}
            other if mum.other.iter().any(|o| o == other) => {}
            other => mum.other.push(other.to_owned()),
        }
    }
    Ok(mum)
}

fn update(node: Node<'_, '_>) -> Result<PackageUpdate> {
    let mut update = PackageUpdate {
        name: text(node, "name"),
        display_name: text(node, "displayName"),
        restart: text(node, "restart"),
        ..PackageUpdate::default()
    };
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "package" => update.packages.push(NestedPackage {
                identity: identity(child)?,
                contained: yes(child, "contained"),
                integrate: text(child, "integrate"),
            }),
            "component" => update.components.extend(identities(child)?),
            "driver" => {
                update.drivers.push(Driver { identity: identity(child)?, inf: text(child, "inf") });
            }
            "applicable" => update.applicable.push(applicable(child)?),
            "selectable" => update.selectable = true,
            _ => {}
        }
    }
    Ok(update)
}

fn applicable(node: Node<'_, '_>) -> Result<Applicable> {
    let mut condition = Applicable {
        disposition: text(node, "disposition"),
        components: Vec::new(),
        detects: Vec::new(),
        other: Vec::new(),
    };
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "updateComponent" | "updateDriver" => {
                condition.components.push((Elevate::parse(&text(child, "elevate")), identities(child)?));
            }
            "detectUpdate" => {
                for asked in child.children().filter(Node::is_element) {
                    match asked.tag_name().name() {
                        "parent" => condition.detects.push(text(asked, "name")),
                        other => condition.other.push(other.to_owned()),
                    }
                }
            }
            other => condition.other.push(other.to_owned()),
        }
    }
    Ok(condition)
}

impl Elevate {
    fn parse(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "install" => Self::Install,
            "revision" => Self::Revision,
            "distribution" => Self::Distribution,
            "servicelevel" => Self::ServiceLevel,
            _ => Self::Unknown(word.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
