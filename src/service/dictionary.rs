//! The manifest dictionary of an image's own servicing stack.

use crate::base::{ImagePath, ImageTree, Limits};
use crate::codec::winsxs;
use crate::error::Result;

/// The dictionary in the newest `wcp.dll` of the image's component store; `None` where the image has none.
pub(super) fn of_image(tree: &dyn ImageTree, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let store = ImagePath::parse("Windows\\WinSxS")?;
    if tree.stat(&store)?.is_none() {
        return Ok(None);
    }
    let mut stacks: Vec<_> = tree
        .list(&store)?
        .into_iter()
        .filter(|e| {
            e.is_dir && e.name.to_string().to_lowercase().contains("_microsoft-windows-servicingstack_")
        })
        .map(|e| e.name)
        .collect();
    stacks.sort_by_key(|name| version(&name.to_string()));
    for stack in stacks.into_iter().rev() {
        let path = store.join(stack).join("wcp.dll");
        if tree.stat(&path)?.is_none() {
            continue;
        }
        let data = tree.read(&path, limits.max_buffer)?;
        if let Ok(dictionary) = winsxs::dictionary_from_wcp(&data) {
            return Ok(Some(dictionary));
        }
    }
    Ok(None)
}

/// The version in a keyform, for ordering.
fn version(keyform: &str) -> Vec<u32> {
    let field = keyform.split('_').find(|f| f.split('.').count() == 4).unwrap_or_default();
    field.split('.').map(|n| n.parse().unwrap_or(0)).collect()
}
