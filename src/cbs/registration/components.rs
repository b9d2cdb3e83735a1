//! The COMPONENTS hive: components, their deployments, the catalogs that sign those.

use super::{Facts, names, set, set_new, text};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{HiveEditor, Key, ValueKind};

const COMPONENTS: &str = r"DerivedData\Components";
const VERSIONED_INDEX: &str = r"DerivedData\VersionedIndex";
const DEPLOYMENTS: &str = r"CanonicalData\Deployments";
const CATALOGS: &str = r"CanonicalData\Catalogs";
/// The only format whose keys are known; Windows 7 to 11 have it.
const FORMAT: &str = "0.0.0.6";
/// A file of the store that is neither linked nor compressed.
const STAGED_FILE: u32 = 1;
/// The bit of a component's flags that says that its files are not there.
const PAYLOAD_DELETED: u32 = 0x40;

/// Writes the components, deployments and catalogs of an update. What the hive has already stays, and where it has all
/// of it the hive stays as it is.
///
/// [`ErrorKind::Unsupported`] for a store of another format, [`ErrorKind::HashMismatch`] where the hive has a component
/// under the same name with another manifest.
pub fn register_components(editor: &mut HiveEditor, facts: &Facts) -> Result<()> {
    check_format(editor)?;
    for component in &facts.components {
        let path = format!(r"{COMPONENTS}\{}", component.keyform);
        let new = editor.hive().key(&path)?.is_none();
        let mut key = editor.create(&path)?;
        if let Some(value) = key.key()?.value("S256H")?
            && *value.data()? != component.sha256.0
        {
            let sentence = "the image registers this component with a manifest of other contents";
            return Err(Error::new(ErrorKind::HashMismatch, sentence).with_path(&component.keyform));
        }
        set(&mut key, "S256H", ValueKind::BINARY, &component.sha256.0)?;
        set_new(&mut key, "identity", ValueKind::BINARY, component.identity.as_bytes())?;
        for deployment in &component.deployments {
            set_new(&mut key, names::deployment(deployment).as_str(), ValueKind::BINARY, &[])?;
        }
        for name in Facts::file_values(component) {
            set_new(&mut key, name.as_str(), ValueKind::DWORD, &STAGED_FILE.to_le_bytes())?;
        }
        if component.without_payload && new {
            key.set_dword("CF", PAYLOAD_DELETED)?;
        } else if !component.without_payload {
            let flags = key.key()?.value("CF")?.map_or(Ok(None), |v| v.dword())?;
            match flags.filter(|f| f & PAYLOAD_DELETED != 0) {
                Some(PAYLOAD_DELETED) => _ = key.unset("CF")?,
                Some(flags) => key.set_dword("CF", flags & !PAYLOAD_DELETED)?,
                None => {}
            }
        }
    }
    for deployment in &facts.deployments {
        let mut key = editor.create(&format!(r"{DEPLOYMENTS}\{}", deployment.key))?;
        set_new(&mut key, "appid", ValueKind::BINARY, deployment.identity.as_bytes())?;
        if let Some(catalog) = deployment.catalog {
            set_new(&mut key, "CatalogThumbprint", ValueKind::SZ, &text(&catalog.to_string()))?;
        }
        for reference in &deployment.references {
            for mark in ['p', 's'] {
                let (name, data) = (names::reference(mark, reference), names::reference_data(reference));
                set_new(&mut key, name.as_str(), ValueKind::BINARY, &data)?;
            }
        }
    }
    for (catalog, deployments) in facts.catalogs() {
        let mut key = editor.create(&format!(r"{CATALOGS}\{catalog}"))?;
        for deployment in deployments {
            set_new(&mut key, names::deployment(deployment).as_str(), ValueKind::BINARY, &[])?;
        }
    }
    if editor.is_changed() {
        drop_index(editor)?;
    }
    Ok(())
}

fn check_format(editor: &HiveEditor) -> Result<()> {
    let value = editor.hive().root()?.value("StoreFormatVersion")?;
    let data = value.map(|v| v.data().map(|d| crate::base::utf16le_to_string(&d))).transpose()?;
    let found = data.as_deref().map_or("none", |d| d.trim_end_matches('\0'));
    if found == FORMAT {
        return Ok(());
    }
    let sentence = format!("the component store's format is {found}, and only {FORMAT} is handled");
    Err(Error::unsupported(sentence))
}

/// The index is made from what was just changed; Windows makes it again.
fn drop_index(editor: &mut HiveEditor) -> Result<()> {
    let Some(index) = editor.hive().key(VERSIONED_INDEX)? else { return Ok(()) };
    let children: Vec<_> = index.subkeys()?.iter().map(Key::name).collect();
    if let Some(mut index) = editor.key(VERSIONED_INDEX)? {
        for child in children {
            index.delete_child(child)?;
        }
    }
    Ok(())
}
