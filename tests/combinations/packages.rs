//! Small made-up packages, real in their shape: bare cabinets with manifests, catalogs and payload.

use crate::common::cabinet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use wimwright::base::sha256;
use wimwright::cbs::{Identity, keyform};

const TOKEN: &str = "31bf3856ad364e35";

/// A package to be made.
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    /// The package of the image that it needs.
    pub parent: &'static str,
    /// Its version.
    pub parent_version: &'static str,
    /// The servicing stack that it needs; empty for any.
    pub stack: &'static str,
    /// What each component's file is called, and where it belongs.
    pub file: &'static str,
    pub destination: &'static str,
    /// Components: name, version and the contents of their one file.
    pub components: &'static [(&'static str, &'static str, &'static str)],
    /// A nested package has the deployment.
    pub nested: bool,
    /// A file does not have the digest that its manifest declares.
    pub damaged: bool,
    /// A component is of no deployment.
    pub orphan: bool,
    /// More of each component's manifest.
    pub more: &'static str,
}

impl Package {
    pub const PLAIN: Self = Self {
        name: "",
        version: "1.0.0.0",
        parent: "Microsoft-Windows-Foundation-Package",
        parent_version: "10.0.19041.1",
        stack: "",
        file: "file.dll",
        destination: "",
        components: &[],
        nested: false,
        damaged: false,
        orphan: false,
        more: "",
    };

    pub fn identity(&self) -> String {
        format!("{}~{TOKEN}~amd64~~{}", self.name, self.version)
    }

    /// Writes the package into `dir`.
    pub fn write(&self, dir: &Path) -> PathBuf {
        let mut members: Vec<(String, Vec<u8>)> = Vec::new();
        let mut installs = String::new();
        for (number, (name, version, contents)) in self.components.iter().enumerate() {
            let identity = component(name, version);
            let keyform = keyform::component(&identity);
            let declared = if self.damaged { "others" } else { contents };
            let hash = base64(&sha256(declared.as_bytes()).0);
            let destination = match self.destination {
                "" => String::new(),
                path => format!(
                    r#" destinationPath="{path}" sourceName="{0}" importPath="$(build.nttree)\""#,
                    self.file
                ),
            };
            let file = format!(
                r#"<file name="{}"{destination}><asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"><dsig:Transforms><dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity"/></dsig:Transforms><dsig:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256"/><dsig:DigestValue>{hash}</dsig:DigestValue></asmv2:hash></file>"#,
                self.file
            );
            members
                .push((format!("{keyform}.manifest"), assembly(&identity, &format!("{file}{}", self.more))));
            members.push((format!("{keyform}\\{}", self.file), contents.as_bytes().to_vec()));
            if !self.orphan || number > 0 {
                write!(
                    installs,
                    r#"<dependency><dependentAssembly dependencyType="install">{}</dependentAssembly></dependency>"#,
                    element(&identity)
                )
                .unwrap();
            }
        }
        let deployment = component(&format!("{}-deployment", self.name), self.version);
        let body = format!("<deployment/>{installs}");
        members.push((format!("{}.manifest", keyform::component(&deployment)), assembly(&deployment, &body)));
        let deploys =
            format!(r#"<update name="deploy"><component>{}</component></update>"#, element(&deployment));
        let identity =
            |name: &str| Identity::parse(&format!("{name}~{TOKEN}~amd64~~{}", self.version)).unwrap();
        let root = if self.nested {
            let inner = identity(&format!("{}-inner", self.name));
            let stem = inner.to_string().to_lowercase();
            members.push((format!("{stem}.mum"), self.mum(&inner, &deploys)));
            members.push((format!("{stem}.cat"), format!("catalog of {inner}").into_bytes()));
            format!(
                r#"<update name="nest"><package integrate="hidden">{}</package></update>"#,
                element(&inner)
            )
        } else {
            deploys
        };
        let own = identity(self.name);
        members.push(("update.mum".into(), self.mum(&own, &root)));
        members.push(("update.cat".into(), format!("catalog of {own}").into_bytes()));
        let members: Vec<(&str, &[u8])> = members.iter().map(|(n, c)| (n.as_str(), c.as_slice())).collect();
        let path = dir.join(format!("{}-{}.cab", self.name, self.version));
        std::fs::write(&path, cabinet(&members)).unwrap();
        path
    }

    fn mum(&self, identity: &Identity, body: &str) -> Vec<u8> {
        let parent =
            Identity::parse(&format!("{}~{TOKEN}~amd64~~{}", self.parent, self.parent_version)).unwrap();
        let stack = match self.stack {
            "" => String::new(),
            version => format!(
                r#"<installerAssembly name="Microsoft-Windows-ServicingStack" version="{version}" language="neutral" processorArchitecture="amd64" versionScope="nonSxS" publicKeyToken="{TOKEN}"/>"#
            ),
        };
        let body = format!(
            r#"<package identifier="{}" releaseType="Update"><parent buildCompare="EQ" serviceCompare="EQ" revisionCompare="GE" integrate="separate" disposition="detect">{}</parent>{stack}{body}</package>"#,
            self.name,
            element(&parent)
        );
        assembly(identity, &body)
    }
}

fn component(name: &str, version: &str) -> Identity {
    let parsed = Identity::parse(&format!("{name}~{TOKEN}~amd64~~{version}")).unwrap();
    Identity { version_scope: "nonSxS".into(), ..parsed }
}

/// The folder in the store of a component of these packages.
pub fn folder(name: &str, version: &str) -> String {
    keyform::component(&component(name, version))
}

fn element(id: &Identity) -> String {
    let scope = if id.version_scope.is_empty() { "" } else { r#"versionScope="nonSxS""# };
    format!(
        r#"<assemblyIdentity name="{}" version="{}" processorArchitecture="amd64" language="neutral" publicKeyToken="{TOKEN}" {scope}/>"#,
        id.name, id.version
    )
}

fn assembly(id: &Identity, body: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">{}{body}</assembly>"#,
        element(id)
    )
    .into_bytes()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let word = u32::from_be_bytes([0, part[0], *part.get(1).unwrap_or(&0), *part.get(2).unwrap_or(&0)]);
        for digit in 0..4 {
            let shown = DIGITS[(word >> (18 - 6 * digit) & 63) as usize] as char;
            out.push(if digit <= part.len() { shown } else { '=' });
        }
    }
    out
}
