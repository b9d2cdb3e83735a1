//! The servicing state of an image whose hives hold what nobody would write there.
//!
//! Random bytes hardly ever are a hive, so the input is a list of edits: a place, a type, then a path, a name and data, each
//! with its length before it. What is over is a package's manifest.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use wimwright::base::{ImagePath, ImageTree, Limits, Sha1Digest, TreeEntry};
use wimwright::cbs::state::components;
use wimwright::cbs::{ImageState, ServicingState};
use wimwright::error::{Error, ErrorKind, Result};
use wimwright::registry::{Hive, ValueKind};

const CBS: &str = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing";
const SIDE_BY_SIDE: &str = "Microsoft\\Windows\\CurrentVersion\\SideBySide";
const PACKAGE: &str = "A~31bf3856ad364e35~amd64~~1.0.0.0";

struct Files(BTreeMap<&'static str, Vec<u8>>);

impl ImageTree for Files {
    fn stat(&self, path: &ImagePath) -> Result<Option<TreeEntry>> {
        let text = path.to_string();
        let text = text.trim_start_matches('\\');
        let file = self.0.get(text).map(|data| (false, data.len()));
        let below = || self.0.keys().any(|k| k.starts_with(text)).then_some((true, 0));
        Ok(file.or_else(below).map(|(is_dir, size)| entry(path.name().cloned().unwrap_or_default(), is_dir, size)))
    }

    fn list(&self, path: &ImagePath) -> Result<Vec<TreeEntry>> {
        let below = format!("{}\\", path.to_string().trim_start_matches('\\'));
        let names = self.0.iter().filter_map(|(k, data)| Some((k.strip_prefix(&below)?, data.len())));
        Ok(names.filter(|(n, _)| !n.contains('\\')).map(|(n, size)| entry(n.into(), false, size)).collect())
    }

    fn read(&self, path: &ImagePath, _: u64) -> Result<Vec<u8>> {
        let text = path.to_string();
        let found = self.0.get(text.trim_start_matches('\\')).cloned();
        found.ok_or_else(|| Error::new(ErrorKind::NotFound, "is not there"))
    }
}

fn entry(name: wimwright::base::Name, is_dir: bool, size: usize) -> TreeEntry {
    TreeEntry { name, is_dir, attributes: 0, size: size as u64, sha1: Sha1Digest::default() }
}

/// The next piece, of the length that its first byte says.
fn piece<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let Some((&length, after)) = rest.split_first() else { return &[] };
    let (piece, after) = after.split_at(usize::from(length).min(after.len()));
    *rest = after;
    piece
}

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let empty = || Hive::empty(&limits).and_then(Hive::edit).expect("an empty hive");
    let (mut software, mut other) = (empty(), empty());
    let mut rest = data;
    for _ in 0..64 {
        let [place, kind, after @ ..] = rest else { break };
        rest = after;
        let texts = [piece(&mut rest), piece(&mut rest)].map(|t| String::from_utf8_lossy(t).into_owned());
        let base = match place % 8 {
            0 => CBS.to_owned(),
            1 => format!("{CBS}\\Packages"),
            2 => format!("{CBS}\\Packages\\{PACKAGE}"),
            3 => format!("{CBS}\\SessionsPending"),
            4 => format!("{CBS}\\Version"),
            5 => format!("{SIDE_BY_SIDE}\\Winners"),
            6 => "DerivedData\\Components".to_owned(),
            _ => String::new(),
        };
        let editor = if place % 8 > 5 { &mut other } else { &mut software };
        let value = piece(&mut rest);
        if let Ok(mut key) = editor.create(&format!("{base}\\{}", texts[0])) {
            let _ = key.set(&*texts[1], ValueKind(u32::from(*kind) % 13), value);
        }
    }
    let manifest = "Windows\\servicing\\Packages\\A~31bf3856ad364e35~amd64~~1.0.0.0.mum";
    let files = Files(BTreeMap::from([
        ("Windows\\System32\\config\\SOFTWARE", software.finish()),
        ("Windows\\System32\\config\\COMPONENTS", other.finish()),
        (manifest, rest.to_vec()),
    ]));
    let Ok(mut state) = ServicingState::read(&files, &limits) else { return };
    let _ = (state.describe(&files, &limits), state.features(&files, &limits), components(&files, &limits));
    let _ = (state.health.refusal(), state.stack());
    let image = ImageState::from(&state);
    for package in &state.packages {
        let _ = (image.states(&package.identity).count(), image.winners().of(&package.identity));
    }
});
