//! From the elements of a component manifest to its model.

use super::registry::key;
use super::{DeclaredHash, Dependency, DescriptorDefinition, Directory, Manifest, ManifestFile, Membership};
use crate::base::{FileHash, base64_decode, xml_child, xml_children};
use crate::cbs::xml::{identity, text, yes};
use crate::error::{Error, Result};
use roxmltree::Node;

/// Elements that say nothing an installer would have to carry out.
const DESCRIPTIVE: [&str; 5] = ["localization", "rescache", "debuggingInfo", "supportedOS", "noInherit"];
/// The same below a `file` element.
const FILE_DESCRIPTIVE: [&str; 4] = ["signatureInfo", "systemProtection", "resfile", "assemblyIdentity"];

pub(super) fn manifest(root: Node<'_, '_>) -> Result<Manifest> {
    let mut manifest = Manifest { identity: identity(root)?, ..Manifest::default() };
    let name = manifest.identity.name.clone();
    for node in root.children().filter(Node::is_element) {
        element(node, &mut manifest).map_err(|e| e.with_path(&name))?;
    }
    Ok(manifest)
}

fn element(node: Node<'_, '_>, manifest: &mut Manifest) -> Result<()> {
    match node.tag_name().name() {
        "assemblyIdentity" => {}
        "deployment" => manifest.deployment = true,
        "dependency" => {
            for assembly in xml_children(node, "dependentAssembly") {
                manifest.dependencies.push(Dependency {
                    kind: text(assembly, "dependencyType"),
                    resource_type: text(node, "resourceType"),
                    optional: yes(node, "optional"),
                    identity: identity(assembly)?,
                });
            }
        }
        "file" => file(node, manifest)?,
        "directories" => manifest.directories.extend(xml_children(node, "directory").map(directory)),
        "registryKeys" => manifest.registry.extend(xml_children(node, "registryKey").map(key)),
        "trustInfo" => manifest.descriptors.extend(descriptors(node)),
        "memberships" => {
            for membership in xml_children(node, "categoryMembership").map(membership) {
                if !membership.instances.is_empty() {
                    leave(manifest, &format!("memberships/{}", membership.type_name));
                }
                manifest.memberships.push(membership);
            }
        }
        other if DESCRIPTIVE.contains(&other) => {}
        other => leave(manifest, other),
    }
    Ok(())
}

fn leave(manifest: &mut Manifest, name: &str) {
    if !manifest.left_to_installers.iter().any(|n| n == name) {
        manifest.left_to_installers.push(name.to_owned());
    }
}

fn file(node: Node<'_, '_>, manifest: &mut Manifest) -> Result<()> {
    let name = text(node, "name");
    if name.is_empty() {
        return Err(Error::malformed("a file of the manifest has no name"));
    }
    let mut file = ManifestFile {
        destination_path: text(node, "destinationPath"),
        destination_name: text(node, "destinationName"),
        source_name: text(node, "sourceName"),
        source_path: text(node, "sourcePath"),
        descriptor: descriptor(node),
        name,
        ..ManifestFile::default()
    };
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "securityDescriptor" => {}
            "hash" => file
                .hashes
                .push(hash(child).map_err(|e| Error::malformed(e.message()).with_path(&file.name))?),
            "link" => file.links.push(text(child, "destination")),
            other if FILE_DESCRIPTIVE.contains(&other) => {}
            other => leave(manifest, &format!("file/{other}")),
        }
    }
    manifest.files.push(file);
    Ok(())
}

fn hash(node: Node<'_, '_>) -> Result<DeclaredHash> {
    let transform = xml_child(node, "Transforms").and_then(|t| xml_child(t, "Transform"));
    let method = xml_child(node, "DigestMethod").map(|m| text(m, "Algorithm")).unwrap_or_default();
    let value = xml_child(node, "DigestValue").and_then(|v| v.text()).unwrap_or_default();
    let bytes = base64_decode(value).ok_or_else(|| Error::malformed("a DigestValue is not base64"))?;
    Ok(DeclaredHash {
        transform: transform.map(|t| text(t, "Algorithm")).unwrap_or_default(),
        hash: FileHash::new(&method, &bytes)?,
    })
}

fn descriptor(node: Node<'_, '_>) -> String {
    xml_child(node, "securityDescriptor").map(|d| text(d, "name")).unwrap_or_default()
}

fn directory(node: Node<'_, '_>) -> Directory {
    Directory {
        destination_path: text(node, "destinationPath"),
        owner: yes(node, "owner"),
        descriptor: descriptor(node),
    }
}

fn descriptors(node: Node<'_, '_>) -> Vec<DescriptorDefinition> {
    let all = node.descendants().filter(|n| n.tag_name().name() == "securityDescriptorDefinition");
    all.map(|n| DescriptorDefinition {
        name: text(n, "name"),
        sddl: text(n, "sddl"),
        operation_hint: text(n, "operationHint"),
    })
    .collect()
}

fn membership(node: Node<'_, '_>) -> Membership {
    let id = xml_child(node, "id");
    let instances =
        xml_children(node, "categoryInstance").flat_map(|i| i.children().filter(Node::is_element));
    Membership {
        name: id.map(|i| text(i, "name")).unwrap_or_default(),
        type_name: id.map(|i| text(i, "typeName")).unwrap_or_default(),
        instances: instances.map(|n| n.tag_name().name().to_owned()).collect(),
    }
}
