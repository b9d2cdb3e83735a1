//! What a manifest asks for that this engine does not carry out: found by walking all of it, so that what nobody has
//! thought of is listed too.

use crate::cbs::xml::text;
use roxmltree::Node;
use std::fmt;

/// Something of a component that is left to Windows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct NotCarriedOut {
    /// The element of the manifest, its parents before it; an attribute behind an `@`.
    pub element: String,
    /// What it is, or why it was not carried out, in a few words.
    pub what: String,
    /// How often.
    pub count: u32,
}

impl NotCarriedOut {
    /// One thing that is left.
    pub(crate) fn new(element: impl Into<String>, what: impl Into<String>) -> Self {
        Self { element: element.into(), what: what.into(), count: 1 }
    }
}

impl fmt::Display for NotCarriedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.element, self.what)?;
        if self.count > 1 { write!(f, " ({} times)", self.count) } else { Ok(()) }
    }
}

/// The list, each thing once.
#[derive(Clone, Debug, Default)]
pub(super) struct Leftovers {
    pub items: Vec<NotCarriedOut>,
    pub passed_over: Vec<String>,
}

impl Leftovers {
    pub fn add(&mut self, element: impl Into<String>, what: impl Into<String>) {
        let (element, what) = (element.into(), what.into());
        match self.items.iter_mut().find(|i| i.element == element && i.what == what) {
            Some(item) => item.count += 1,
            None => self.items.push(NotCarriedOut::new(element, what)),
        }
    }

    fn pass(&mut self, element: &str) {
        if !self.passed_over.iter().any(|e| e == element) {
            self.passed_over.push(element.to_owned());
        }
    }
}

/// Elements that are carried out, or say what those mean, with the attributes that are heeded or only say what the
/// build was like.
const CARRIED: [(&str, &[&str]); 22] = [
    (
        "",
        &[
            "manifestVersion",
            "copyright",
            "displayName",
            "description",
            "company",
            "supportInformation",
            "creationTimeStamp",
            "lastUpdateTimeStamp",
        ],
    ),
    (
        "assemblyIdentity",
        &[
            "name",
            "version",
            "processorArchitecture",
            "language",
            "culture",
            "buildType",
            "publicKeyToken",
            "versionScope",
            "type",
        ],
    ),
    ("deployment", &[]),
    ("dependency", &["discoverable", "optional", "resourceType", "buildFilter"]),
    ("dependency/dependentAssembly", &["dependencyType"]),
    (
        "dependency/dependentAssembly/assemblyIdentity",
        &[
            "name",
            "version",
            "processorArchitecture",
            "language",
            "culture",
            "buildType",
            "publicKeyToken",
            "versionScope",
            "type",
        ],
    ),
    ("file", &["name", "destinationPath", "destinationName", "sourceName", "sourcePath", "importPath"]),
    ("file/securityDescriptor", &["name"]),
    ("file/link", &["destination"]),
    ("directories", &[]),
    ("directories/directory", &["destinationPath", "owner"]),
    ("directories/directory/securityDescriptor", &["name"]),
    ("registryKeys", &[]),
    ("registryKeys/registryKey", &["keyName", "owner"]),
    ("registryKeys/registryKey/securityDescriptor", &["name", "offline"]),
    (
        "registryKeys/registryKey/registryValue",
        &["name", "valueType", "value", "operationHint", "owner", "mutable"],
    ),
    ("trustInfo", &[]),
    ("trustInfo/security", &[]),
    ("trustInfo/security/accessControl", &[]),
    ("trustInfo/security/accessControl/securityDescriptorDefinitions", &[]),
    (
        "trustInfo/security/accessControl/securityDescriptorDefinitions/securityDescriptorDefinition",
        &["name", "sddl", "operationHint", "description", "displayName"],
    ),
    ("memberships", &[]),
];

/// Elements, with all that is in them, that an installation has nothing to do for: digests and signatures, which are
/// checked before; texts; caches that Windows makes anew; what a program's own manifest says to the loader.
const NOTHING_TO_DO: [&str; 26] = [
    "localization",
    "rescache",
    "debuggingInfo",
    "supportedOS",
    "compatibility",
    "noInherit",
    "noInheritable",
    "redirectInfo",
    "application",
    "description",
    "comInterfaceExternalProxyStub",
    "clrClass",
    "clrSurrogate",
    "dependency/dependentAssembly/bindingRedirect",
    "trustInfo/security/requestedPrivileges",
    "file/hash",
    "file/signatureInfo",
    "file/systemProtection",
    "file/resfile",
    "file/assemblyIdentity",
    "directories/directory/systemProtection",
    "registryKeys/registryKey/systemProtection",
    "registryKeys/registryKey/registryValue/systemProtection",
    "memberships/categoryMembership/BootRecovery",
    "memberships/categoryMembership/BootCritical",
    "feature",
];

/// The same in a Win32 assembly, whose COM classes are found through the manifest and not registered.
const WIN32_ONLY: [&str; 6] = [
    "file/comClass",
    "file/comInterfaceProxyStub",
    "file/typelib",
    "file/windowClass",
    "file/activatableClass",
    "file/progid",
];

/// What elements ask for that only Windows' own installers do.
const WORDS: [(&str, &str); 46] = [
    ("serviceData", "a service"),
    ("serviceGroup", "a service's place in a group of svchost"),
    ("shortCut", "a shortcut in the Start menu"),
    ("taskScheduler", "scheduled tasks"),
    ("events", "event providers and channels"),
    ("counters", "performance counters"),
    ("instrumentation", "instrumentation"),
    ("mof", "classes of WMI"),
    ("genericCommands", "commands that run at installation"),
    ("configuration", "settings for answer files"),
    ("migration", "rules for upgrades"),
    ("sppInstaller", "licences"),
    ("ExtendedSecurityUpdatesAI", "licences of extended security updates"),
    ("imaging", "providers of sysprep"),
    ("infFile", "a driver"),
    ("gac", "the global assembly cache"),
    ("ngen", "native images of .NET"),
    ("comClass", "a COM class"),
    ("typelib", "a type library"),
    ("lodctr", "performance counters"),
    ("firewallRule", "firewall rules"),
    ("firewallGroupActivation", "firewall rules"),
    ("fileAssociation", "file associations"),
    ("networkComponents", "network components"),
    ("bcdedit", "boot configuration"),
    ("bfsvc", "boot files"),
    ("SecureBoot", "Secure Boot's variables"),
    ("iisSetup", "Internet Information Services"),
    ("HTTPAI", "addresses reserved with HTTP.sys"),
    ("EnableRpcAI", "interfaces of RPC"),
    ("msdtc", "the transaction coordinator"),
    ("configureNetFx", ".NET's configuration"),
    ("serviceModelReg", "registration with WCF"),
    ("fveUpdateAI", "BitLocker"),
    ("cleanupCache", "caches to be cleaned"),
    ("appxRegistration", "an app's registration"),
    ("AppxProvisionPackage", "an app's provisioning"),
    ("groupTrustee", "a local group"),
    ("trustees", "local groups"),
    ("WinsockTransportOnlineInstall", "a Winsock transport"),
    ("WinsockNameSpaceOnlineInstall", "a Winsock name space"),
    ("providerOrder", "the order of network providers"),
    ("timezoneAI", "time zones"),
    ("securityTemplate", "a security template"),
    ("upgradeAI", "steps of an upgrade"),
    ("Transforms", "transforms of settings"),
];

/// Walks a manifest.
pub(super) fn walk(root: Node<'_, '_>, win32: bool, out: &mut Leftovers) {
    element(root, "", win32, out);
}

fn element(node: Node<'_, '_>, path: &str, win32: bool, out: &mut Leftovers) {
    if let Some((_, heeded)) = CARRIED.iter().find(|(known, _)| *known == path) {
        for attribute in node.attributes().filter(|a| !heeded.contains(&a.name())) {
            // The schema's own attributes say nothing to an installer.
            if attribute.namespace().is_none() {
                out.add(format!("{path}@{}", attribute.name()), "an attribute that is not known");
            }
        }
        children(node, path, win32, out);
    } else if path == "memberships/categoryMembership" {
        membership(node, out);
    } else if path == "instrumentation" {
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            out.add(format!("{path}/{name}"), words(name));
        }
    } else if NOTHING_TO_DO.contains(&path) || win32 && WIN32_ONLY.contains(&path) {
        out.pass(path);
    } else {
        out.add(path, words(node.tag_name().name()));
    }
}

fn children(node: Node<'_, '_>, path: &str, win32: bool, out: &mut Leftovers) {
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        element(child, &path, win32, out);
    }
}

/// A membership in a category: of some, to be a member is all; of the others, the instances say what is to be done.
fn membership(node: Node<'_, '_>, out: &mut Leftovers) {
    let id = node.children().find(|n| n.is_element() && n.tag_name().name() == "id");
    let category = id.map(|id| [text(id, "typeName"), text(id, "name")]).unwrap_or_default();
    let category = category.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let mut instances = 0;
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "id" => {}
            "categoryInstance" => {
                for what in child.children().filter(Node::is_element) {
                    let name = what.tag_name().name();
                    out.add(format!("memberships/{category}/{name}"), words(name));
                    instances += 1;
                }
            }
            other => out.add(format!("memberships/{category}/{other}"), words(other)),
        }
    }
    let path = format!("memberships/categoryMembership/{category}");
    if instances == 0 && NOTHING_TO_DO.contains(&path.as_str()) {
        out.pass(&path);
    } else if instances == 0 {
        out.add(format!("memberships/{category}"), "a membership in a category");
    }
}

fn words(name: &str) -> &'static str {
    WORDS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map_or("an element that is not known", |(_, words)| words)
}

/// Whether the identity of a manifest is that of a Win32 assembly.
pub(super) fn is_win32(kind: &str) -> bool {
    kind.to_ascii_lowercase().starts_with("win32")
}
