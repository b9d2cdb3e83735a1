//! Writes a small update in the shape of Microsoft's, for demonstrations where no real one is at hand.
//!
//! usage: `sample_update OUT.msu [FOLDER]`
//!
//! The package is a sample: its files are made-up text, or those that lie in FOLDER; its catalog is no catalog and nobody signed it. Its shape is
//! that of a real one: an MSU in CAB form with `WSUSSCAN.cab`, answer file and properties around a cabinet of
//! manifests under their keyforms, payload with declared digests, and a container index.

use cab::{CabinetBuilder, CompressionType};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;
use wimwright::base::{sha1, sha256};
use wimwright::cbs::{Identity, Version, keyform};

const KB: &str = "KB9999999";
const ARCHITECTURE: &str = "amd64";
const TOKEN: &str = "31bf3856ad364e35";
const COMPONENT_VERSION: Version = Version::new(10, 0, 19041, 9999);
const PER_COMPONENT: usize = 2;

/// Members of a cabinet in their order: name and contents.
type Members = Vec<(String, Vec<u8>)>;

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args_os().nth(1).ok_or("usage: sample_update OUT.msu [FOLDER]")?;
    let folder = std::env::args_os().nth(2);
    let (files, components) = write_sample(out.as_ref(), folder.as_ref().map(Path::new))?;
    println!("{}: a sample update, unsigned: {files} files in {components} components", out.display());
    Ok(())
}

/// Writes the update to `out`, of made-up files or of those in `folder`; gives the numbers of files and components.
pub fn write_sample(out: &Path, folder: Option<&Path>) -> Result<(usize, usize), Box<dyn Error>> {
    let package = identity(&format!("Package_for_{KB}"), Version::new(19041, 9999, 1, 0));
    let files = match folder {
        Some(folder) => read_folder(folder)?,
        None => made_up(),
    };
    let (count, components) = (files.len(), files.len().div_ceil(PER_COMPONENT));
    let inner = cabinet(&with_index(payload(&package, files)))?;
    let name = format!("Windows10.0-{KB}-x64");
    let outer = vec![
        (
            "WSUSSCAN.cab".to_owned(),
            cabinet(&vec![("package.xml".to_owned(), b"<OfflineSyncPackage/>".to_vec())])?,
        ),
        (format!("{name}.cab"), inner),
        (format!("{name}-pkgProperties.txt"), utf16(&properties())),
        (format!("{name}.xml"), answer(&package, &name).into_bytes()),
    ];
    std::fs::write(out, cabinet(&outer)?)?;
    Ok((count, components))
}

fn identity(name: &str, version: Version) -> Identity {
    Identity {
        name: name.to_owned(),
        version,
        architecture: ARCHITECTURE.to_owned(),
        public_key_token: TOKEN.to_owned(),
        ..Identity::default()
    }
}

fn component(name: &str) -> Identity {
    Identity { version_scope: "nonSxS".to_owned(), ..identity(name, COMPONENT_VERSION) }
}

/// The files that lie in `folder`, by name.
fn read_folder(folder: &Path) -> std::io::Result<Members> {
    let mut files = Members::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, std::fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// Files of text that is the same in every run.
fn made_up() -> Members {
    let pair = |n: usize| {
        [
            (format!("sample{n:02}.dll"), text(n, 40_000 * n)),
            (format!("sample{n:02}.ini"), text(n + 100, 900)),
        ]
    };
    (1..=12).flat_map(pair).collect()
}

/// Everything that the package delivers: components with two files each, their deployment, `update.mum` and its
/// catalog.
fn payload(package: &Identity, files: Members) -> Members {
    let mut members = Members::new();
    let mut dependencies = String::new();
    let mut files = files.into_iter().peekable();
    for n in 1.. {
        if files.peek().is_none() {
            break;
        }
        let component = component(&format!("Wimwright-Sample-Component-{n:04}"));
        let folder = keyform::component(&component);
        let mut elements = String::new();
        for (name, contents) in files.by_ref().take(PER_COMPONENT) {
            elements += &file_element(&name, &contents);
            members.push((format!("{folder}\\{name}"), contents));
        }
        members.push((format!("{folder}.manifest"), assembly(&component, &elements)));
        let _ = write!(
            dependencies,
            "  <dependency discoverable=\"no\">\n    <dependentAssembly dependencyType=\"install\">\n      {}\n    \
             </dependentAssembly>\n  </dependency>\n",
            element(&component)
        );
    }
    let deployment = component("wimwright-sample-deployment");
    members.push((
        format!("{}.manifest", keyform::component(&deployment)),
        assembly(&deployment, &format!("  <deployment />\n{dependencies}")),
    ));
    let update = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <assembly xmlns=\"urn:schemas-microsoft-com:asm.v3\" manifestVersion=\"1.0\" \
         description=\"A sample, made by Wimwright\" displayName=\"Sample update\" company=\"none\" \
         supportInformation=\"https://example.invalid/{KB}\" creationTimeStamp=\"2026-01-01T00:00:00Z\" \
         lastUpdateTimeStamp=\"2026-01-01T00:00:00Z\">\n  {}\n  \
         <package identifier=\"{KB}\" releaseType=\"Update\" restart=\"possible\">\n    \
         <parent buildCompare=\"EQ\" serviceCompare=\"EQ\" revisionCompare=\"GE\" integrate=\"separate\" \
         disposition=\"detect\">\n      {}\n    </parent>\n    <update name=\"9999999-1_neutral\">\n      <component>\n        {}\n      \
         </component>\n    </update>\n  </package>\n</assembly>\n",
        element(package),
        element(&identity("Microsoft-Windows-Foundation-Package", Version::new(10, 0, 19041, 1))),
        element(&deployment),
    );
    members.push(("update.mum".to_owned(), update.into_bytes()));
    members.push(("update.cat".to_owned(), b"a sample: no catalog, signed by nobody".to_vec()));
    members
}

/// Text that is the same in every run and compresses as programs do.
fn text(seed: usize, len: usize) -> Vec<u8> {
    let words =
        ["image", "index", "blob", "keyform", "manifest", "payload", "hive", "catalog", "store", "entry"];
    let mut state = seed as u64 * 0x9E37_79B9 + 1;
    let mut out = Vec::with_capacity(len + 24);
    while out.len() < len {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        out.extend_from_slice(words[(state >> 40) as usize % words.len()].as_bytes());
        out.extend_from_slice(&(state >> 48).to_le_bytes()[..3]);
    }
    out.truncate(len);
    out
}

fn element(id: &Identity) -> String {
    let scope = if id.version_scope.is_empty() { "" } else { "versionScope=\"nonSxS\" " };
    format!(
        "<assemblyIdentity name=\"{}\" version=\"{}\" processorArchitecture=\"{}\" language=\"neutral\" \
         buildType=\"release\" publicKeyToken=\"{}\" {scope}/>",
        id.name, id.version, id.architecture, id.public_key_token
    )
}

fn assembly(id: &Identity, body: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n\
         <assembly xmlns=\"urn:schemas-microsoft-com:asm.v3\" manifestVersion=\"1.0\">\n  {}\n{body}</assembly>\n",
        element(id)
    )
    .into_bytes()
}

fn file_element(name: &str, contents: &[u8]) -> String {
    format!(
        "  <file name=\"{name}\" destinationPath=\"$(runtime.system32)\\\" sourceName=\"{name}\">\n    \
         <asmv2:hash xmlns:asmv2=\"urn:schemas-microsoft-com:asm.v2\" \
         xmlns:dsig=\"http://www.w3.org/2000/09/xmldsig#\">\n      <dsig:Transforms>\n        \
         <dsig:Transform Algorithm=\"urn:schemas-microsoft-com:HashTransforms.Identity\" />\n      \
         </dsig:Transforms>\n      \
         <dsig:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha256\" />\n      \
         <dsig:DigestValue>{}</dsig:DigestValue>\n    </asmv2:hash>\n  </file>\n",
        base64(&sha256(contents).0)
    )
}

/// The members and, first, the `_manifest_.cix.xml` that lists them.
fn with_index(members: Members) -> Members {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Container name=\"{KB}.cab\" type=\"CAB\" length=\"{}\" version=\"1\" xmlns=\"urn:ContainerIndex\">\
         <Description/><Files>",
        members.iter().map(|(_, contents)| contents.len()).sum::<usize>()
    );
    for (id, (name, contents)) in members.iter().enumerate() {
        let hash = format!("<Hash alg=\"SHA1\" value=\"{}\"/>", sha1(contents));
        let _ = write!(
            xml,
            "<File id=\"{}\" name=\"{name}\" length=\"{}\" time=\"134116992000000000\" attr=\"32\">{hash}\
             <Delta><Source type=\"RAW\" name=\"{name}\">{hash}</Source></Delta></File>",
            id + 1,
            contents.len()
        );
    }
    xml += "</Files></Container>";
    let mut all = vec![("_manifest_.cix.xml".to_owned(), xml.into_bytes())];
    all.extend(members);
    all
}

fn properties() -> String {
    [
        "ApplicabilityInfo=\"Windows 10.0 Client;Sample;\"".to_owned(),
        "Applies to=\"Windows 10.0\"".to_owned(),
        "Build Date=\"2026/01/01\"".to_owned(),
        "Company=\"none; a sample made by Wimwright\"".to_owned(),
        format!("KB Article Number=\"{}\"", &KB[2..]),
        "Language=\"ALL\"".to_owned(),
        "Package Type=\"Update\"".to_owned(),
        format!("Processor Architecture=\"{ARCHITECTURE}\""),
        format!("Support Link=\"https://example.invalid/{KB}\""),
        String::new(),
    ]
    .join("\r\n")
}

fn answer(package: &Identity, name: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<unattend xmlns=\"urn:schemas-microsoft-com:unattend\">\n  \
         <servicing>\n    <package action=\"install\">\n      {}\n      \
         <source location=\"%configsetroot%\\{name}.CAB\" />\n    </package>\n  </servicing>\n</unattend>\n",
        element(package)
    )
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let word = u32::from_be_bytes([0, part[0], *part.get(1).unwrap_or(&0), *part.get(2).unwrap_or(&0)]);
        for digit in 0..4 {
            let value = (word >> (18 - 6 * digit) & 63) as usize;
            out.push(if digit <= part.len() { char::from(DIGITS[value]) } else { '=' });
        }
    }
    out
}

fn cabinet(members: &Members) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut builder = CabinetBuilder::new();
    let folder = builder.add_folder(CompressionType::MsZip);
    for (name, _) in members {
        folder.add_file(name.as_str());
    }
    let mut writer = builder.build(Cursor::new(Vec::new()))?;
    let mut contents = members.iter().map(|(_, contents)| contents);
    while let Some(mut file) = writer.next_file()? {
        file.write_all(contents.next().ok_or("more files than members")?)?;
    }
    Ok(writer.finish()?.into_inner())
}
