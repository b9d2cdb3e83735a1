//! What both kinds of manifest are read with: the root element, attributes, identities.

use super::Identity;
use crate::base::{Limits, xml_child, xml_children, xml_text, xml_tree};
use crate::error::{Error, Result};
use roxmltree::Node;

/// Calls `read` with the `assembly` element of a manifest.
pub(super) fn with_assembly<T>(
    data: &[u8],
    limits: &Limits,
    read: impl FnOnce(Node<'_, '_>) -> Result<T>,
) -> Result<T> {
    let text = xml_text(data, limits)?;
    let document = xml_tree(&text, limits)?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace().unwrap_or_default();
    if root.tag_name().name() != "assembly" || !namespace.starts_with("urn:schemas-microsoft-com:asm.v") {
        return Err(Error::malformed("the document is no assembly manifest"));
    }
    read(root)
}

/// The identity stated directly below `node`.
pub(super) fn identity(node: Node<'_, '_>) -> Result<Identity> {
    let name = node.tag_name().name();
    let missing = || Error::malformed(format!("the element '{name}' has no assemblyIdentity"));
    Identity::from_xml(xml_child(node, "assemblyIdentity").ok_or_else(missing)?)
}

/// All identities stated directly below `node`.
pub(super) fn identities(node: Node<'_, '_>) -> Result<Vec<Identity>> {
    xml_children(node, "assemblyIdentity").map(Identity::from_xml).collect()
}

/// An attribute's text, empty where absent.
pub(super) fn text(node: Node<'_, '_>, name: &str) -> String {
    node.attribute(name).unwrap_or_default().to_owned()
}

/// Whether an attribute says yes.
pub(super) fn yes(node: Node<'_, '_>, name: &str) -> bool {
    node.attribute(name).is_some_and(|v| v.eq_ignore_ascii_case("true") || v.eq_ignore_ascii_case("yes"))
}

/// Every attribute of `node` as it is written.
pub(super) fn attributes(node: Node<'_, '_>) -> Vec<(String, String)> {
    node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect()
}
