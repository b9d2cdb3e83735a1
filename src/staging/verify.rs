//! Checking what a package delivers against what its own component manifests and hash list declare.

use super::rebuild::matches;
use super::update::{Failure, StagedFile};
use super::{Staged, name_key};
use crate::base::{FileHash, Limits, utf16le_to_string};
use crate::cbs::Manifest;
use crate::codec::winsxs;
use crate::error::Result;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;

/// The hash list of a feature-on-demand cabinet.
const HASH_LIST: &str = "$filehashes$.dat";

/// Marks files that match a declared digest; turns those that do not into failures. Gives the number of
/// manifests that could not be read for want of a dictionary.
pub(super) fn verify(
    files: &mut Vec<StagedFile>,
    failures: &mut Vec<Failure>,
    dictionary: Option<&[u8]>,
    limits: &Limits,
) -> Result<u64> {
    let own = super::dictionary::delivered(files, limits)?;
    let dictionary = own.as_deref().or(dictionary);
    let read: Vec<_> = files
        .par_iter()
        .filter(|f| !f.name.contains('\\') && name_key(&f.name).ends_with(".manifest"))
        .map(|f| declarations(f, dictionary, limits).map_err(|e| (f.name.clone(), e)))
        .collect();
    let mut declared: HashMap<String, Vec<FileHash>> = HashMap::new();
    let mut undecoded = 0;
    for manifest in read {
        match manifest {
            Ok(Some(list)) => {
                for (name, hash) in list {
                    declared.entry(name).or_default().push(hash);
                }
            }
            Ok(None) => undecoded += 1,
            Err((name, error)) => failures.push(Failure::new(&name, &error)),
        }
    }
    let listed: HashMap<_, _> = match files.iter().find(|f| name_key(&f.name) == HASH_LIST) {
        Some(list) => hash_list(&list.content.bytes(limits.max_document)?).into_iter().collect(),
        None => HashMap::new(),
    };
    let bad: HashMap<String, Failure> = files
        .par_iter_mut()
        .filter_map(|file| {
            let key = name_key(&file.name);
            let mut declared = declared.get(&key).into_iter().flatten();
            // The list is a note beside the manifests: it speaks only where they do not.
            let outcome = declared.try_for_each(|hash| {
                matches(&file.content, hash, "it")?;
                file.verified = true;
                Ok(())
            });
            let outcome = outcome.and_then(|()| match listed.get(&key) {
                Some(hash) if !file.verified => {
                    matches(&file.content, hash, "it")?;
                    file.verified = true;
                    Ok(())
                }
                _ => Ok(()),
            });
            outcome.err().map(|error| (key, Failure::new(&file.name, &error)))
        })
        .collect();
    files.retain(|file| !bad.contains_key(&name_key(&file.name)));
    let mut bad: Vec<_> = bad.into_values().collect();
    bad.sort_by(|a, b| a.name.cmp(&b.name));
    failures.extend(bad);
    Ok(undecoded)
}

/// The digests that one component manifest declares, by the name of the file in the package; `None` if it is
/// compressed against a dictionary that is not at hand.
fn declarations(
    file: &StagedFile,
    dictionary: Option<&[u8]>,
    limits: &Limits,
) -> Result<Option<Vec<(String, FileHash)>>> {
    let Some(text) = manifest_text(&file.content, dictionary, limits)? else { return Ok(None) };
    let manifest = Manifest::parse(&text, limits)?;
    let key = name_key(&file.name);
    let folder = key.strip_suffix(".manifest").unwrap_or(&key);
    let hashes = manifest.files.iter().flat_map(|f| f.hashes.iter().map(move |h| (f, h)));
    Ok(Some(
        hashes
            .filter(|(_, h)| h.is_plain())
            .map(|(f, h)| (name_key(&format!("{folder}\\{}", f.name)), h.hash))
            .collect(),
    ))
}

/// A component manifest's XML; `None` if it is compressed against a dictionary that is not at hand.
pub(crate) fn manifest_text<'a>(
    content: &'a Staged,
    dictionary: Option<&[u8]>,
    limits: &Limits,
) -> Result<Option<Cow<'a, [u8]>>> {
    let data = content.bytes(limits.max_document)?;
    match winsxs::wrapper(&data) {
        None => Ok(Some(data)),
        Some(winsxs::Wrapper::Dcm) if dictionary.is_none() => Ok(None),
        Some(_) => {
            winsxs::decode(&data, dictionary, None, limits).map(|xml| Some(Cow::Owned(xml.into_owned())))
        }
    }
}

/// The entries of a hash list: UTF-16 lines `NAME=HEX,SIZE` under a heading that names the algorithm. Lines of
/// any other shape are passed over: the list is Microsoft's own note, not a published format.
fn hash_list(data: &[u8]) -> Vec<(String, FileHash)> {
    let text = utf16le_to_string(data);
    let mut algorithm = "";
    let mut out = Vec::new();
    for line in text.split(['\r', '\n']).map(str::trim) {
        if let Some(heading) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            algorithm = heading;
        } else if let Some((name, value)) = line.rsplit_once('=') {
            let hex = value.split(',').next().unwrap_or_default();
            if let Ok(hash) = FileHash::from_hex(algorithm, hex) {
                out.push((name_key(name), hash));
            }
        }
    }
    out
}
