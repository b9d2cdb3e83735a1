//! The packages that a package needs beneath it, and how their versions are compared.

use crate::cbs::xml::{identities, text};
use crate::cbs::{Identity, Version};
use crate::error::Result;
use roxmltree::Node;

/// One `parent` element: any of its identities satisfies it.
#[derive(Clone, Debug)]
pub struct Parent {
    /// How the third number is compared.
    pub build: Compare,
    /// How the fourth number is compared.
    pub revision: Compare,
    /// `separate`, `delegate`, `hidden` or empty.
    pub integrate: String,
    /// `detect`, `staged` or empty.
    pub disposition: String,
    /// The name of the set it belongs to, usually empty.
    pub set: String,
    /// The alternatives.
    pub identities: Vec<Identity>,
}

/// How one number of a version is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compare {
    /// No rule is stated: an equal number satisfies it, whether another one does is not known.
    Unstated,
    /// It must be equal.
    Equal,
    /// It must be equal or greater.
    GreaterOrEqual,
    /// A rule this version does not know.
    Unknown(String),
}

/// The answer of a version comparison: `None` where an unknown rule decides.
type Verdict = Option<bool>;

impl Compare {
    fn parse(text: Option<&str>) -> Self {
        match text {
            None => Self::Unstated,
            Some(t) if t.eq_ignore_ascii_case("EQ") => Self::Equal,
            Some(t) if t.eq_ignore_ascii_case("GE") => Self::GreaterOrEqual,
            Some(t) => Self::Unknown(t.to_owned()),
        }
    }

    fn accepts(&self, found: u16, wanted: u16) -> Verdict {
        match self {
            Self::Equal => Some(found == wanted),
            Self::GreaterOrEqual => Some(found >= wanted),
            Self::Unstated | Self::Unknown(_) => (found == wanted).then_some(true),
        }
    }
}

impl Parent {
    /// Whether an installed package of version `found` satisfies the `wanted` one of this parent; `None`
    /// where the rule is not known.
    pub(crate) fn accepts(&self, found: Version, wanted: Version) -> Option<bool> {
        if (found.major, found.minor) != (wanted.major, wanted.minor) {
            return Some(false);
        }
        let build = self.build.accepts(found.build, wanted.build);
        if build != Some(true) || self.build == Compare::GreaterOrEqual && found.build > wanted.build {
            return build;
        }
        self.revision.accepts(found.revision, wanted.revision)
    }
}

pub(super) fn parent(node: Node<'_, '_>) -> Result<Parent> {
    let names = ["revisionCompare", "serviceCompare", "distributionCompare"];
    let mut stated = names.iter().filter_map(|name| node.attribute(*name));
    let mut revision = Compare::parse(stated.next());
    // All three speak of the fourth number; how they go together where they differ is not known.
    if let Some(second) = stated.find(|word| Compare::parse(Some(word)) != revision) {
        revision = Compare::Unknown(second.to_owned());
    }
    Ok(Parent {
        build: Compare::parse(node.attribute("buildCompare")),
        revision,
        integrate: text(node, "integrate"),
        disposition: text(node, "disposition"),
        set: text(node, "set"),
        identities: identities(node)?,
    })
}
