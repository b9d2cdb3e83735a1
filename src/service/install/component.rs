//! One component: whether it comes into use, what would be left of it, and carrying it out.

use super::Index;
use super::project::{self, Projection};
use super::record::{ComponentOutcome, ComponentRecord, InstalledKey, InstalledValue};
use crate::base::{ImagePath, ImageTree as _};
use crate::cbs::effects::{Effects, HiveFile, NotCarriedOut, write_key, write_winner};
use crate::cbs::{Identity, Version, keyform};
use crate::codec::winsxs;
use crate::error::Result;
use crate::staging::StagedFile;
use std::collections::HashMap;

/// A component of a package, looked at.
pub(super) struct Component {
    pub keyform: String,
    pub outcome: ComponentOutcome,
    effects: Effects,
    previous: Option<Version>,
    /// What the version that was in use before does.
    older: Option<(String, Effects)>,
    left: Vec<NotCarriedOut>,
}

impl Component {
    /// Looks at the component of this manifest.
    pub fn new(
        index: &mut Index<'_>,
        keyform: &str,
        manifest: &[u8],
        files: &HashMap<String, &StagedFile>,
    ) -> Result<Self> {
        let limits = index.session.options.limits.clone();
        let effects = Effects::of(manifest, &index.facts, &limits)?;
        let previous = index.winners.of(&effects.identity);
        let outcome = match previous {
            _ if effects.deployment => ComponentOutcome::Deployment,
            Some(used) if used > effects.identity.version => ComponentOutcome::Superseded,
            _ => ComponentOutcome::InUse,
        };
        let mut out =
            Self { keyform: keyform.to_owned(), outcome, effects, previous, older: None, left: Vec::new() };
        if out.outcome == ComponentOutcome::Superseded {
            return Ok(out);
        }
        out.left.clone_from(&out.effects.not_carried_out);
        if out.outcome == ComponentOutcome::InUse {
            out.left.extend(project::obstacles(index.overlay, keyform, &out.effects, files)?);
            out.hives(index)?;
            out.older(index)?;
        }
        Ok(out)
    }

    /// Keys in hives that the image does not have.
    fn hives(&mut self, index: &mut Index<'_>) -> Result<()> {
        let limits = &index.session.options.limits;
        let mut wanted: Vec<HiveFile> = self.effects.keys.iter().map(|k| k.hive).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for hive in wanted {
            if index.hives.open(hive, index.overlay, limits)?.is_none() {
                let what = format!("the image has no hive {hive}");
                self.left.push(NotCarriedOut::new("registryKeys/registryKey", what));
            }
        }
        Ok(())
    }

    /// What the version in use until now did that this one does not: files are taken away, keys are left.
    fn older(&mut self, index: &Index<'_>) -> Result<()> {
        let Some(version) = self.previous.filter(|v| *v < self.effects.identity.version) else {
            return Ok(());
        };
        let identity = Identity { version, ..self.effects.identity.clone() };
        let keyform = keyform::component(&identity);
        let path: ImagePath = ["Windows", "WinSxS", "Manifests", &format!("{keyform}.manifest")]
            .map(Into::into)
            .into_iter()
            .collect();
        let limits = &index.session.options.limits;
        let unknown = |why: &str| {
            let what = format!("what the version {version} in use until now wrote is not taken back: {why}");
            NotCarriedOut::new("assemblyIdentity", what)
        };
        if index.overlay.stat(&path)?.is_none() {
            self.left.push(unknown("its manifest is not in the image"));
            return Ok(());
        }
        let data = index.overlay.read(&path, limits.max_document)?;
        let dictionary = index.session.dictionary();
        if winsxs::wrapper(&data).is_some() && dictionary.is_none() {
            self.left.push(unknown("its manifest is compressed against a dictionary that is not at hand"));
            return Ok(());
        }
        let text = winsxs::decode(&data, dictionary, None, limits).map_err(|e| e.within(&path))?;
        let older = Effects::of(&text, &index.facts, limits).map_err(|e| e.within(&path))?;
        for key in &older.keys {
            let own = self.effects.keys.iter().filter(|k| (k.hive, &k.path) == (key.hive, &key.path));
            let own: Vec<_> = own.collect();
            let gone = key.values.iter().filter(|old| {
                !own.iter().flat_map(|k| &k.values).any(|new| new.name.eq_ignore_ascii_case(&old.name))
            });
            let gone = gone.count();
            if own.is_empty() || gone > 0 {
                let what = format!(
                    r"{}\{} of version {version} stays, with {gone} values that this version does not have",
                    key.hive.root(),
                    key.path
                );
                self.left.push(NotCarriedOut::new("registryKeys/registryKey", what));
            }
        }
        self.older = Some((keyform, older));
        Ok(())
    }

    /// Whether nothing of it is left to Windows.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty()
    }

    /// What is left of it, in a few words.
    pub fn summary(&self) -> String {
        let names: Vec<&str> = self.left.iter().map(|l| l.element.as_str()).collect();
        names.join(", ")
    }

    /// What the receipt says of it before it is carried out.
    pub fn record(&self, package: &Identity) -> ComponentRecord {
        ComponentRecord {
            component: self.keyform.clone(),
            package: package.to_string(),
            outcome: self.outcome,
            previous: self.previous,
            files: Vec::new(),
            directories: Vec::new(),
            keys: Vec::new(),
            left: self.left.clone(),
        }
    }

    /// Carries it out, where it comes into use.
    pub fn carry_out(&self, index: &mut Index<'_>, package: &Identity) -> Result<()> {
        let mut record = self.record(package);
        if self.outcome == ComponentOutcome::InUse {
            self.bring_into_use(index, &mut record).map_err(|e| e.within(&self.keyform))?;
        }
        index.record.components.push(record);
        Ok(())
    }

    fn bring_into_use(&self, index: &mut Index<'_>, record: &mut ComponentRecord) -> Result<()> {
        let limits = index.session.options.limits.clone();
        let mut projection = Projection { overlay: index.overlay, keyform: &self.keyform };
        for directory in &self.effects.directories {
            if projection.directory(directory)? {
                record.directories.push(directory.path.to_string());
            }
        }
        for file in &self.effects.files {
            record.files.extend(projection.file(file)?);
        }
        if let Some((keyform, older)) = &self.older {
            record.files.extend(projection.take_away(keyform, older, &self.effects)?);
        }
        for key in &self.effects.keys {
            let Some(editor) = index.hives.open(key.hive, index.overlay, &limits)? else { continue };
            let written = write_key(editor, key).map_err(|e| e.within(key.hive))?;
            let values = key.values.iter().zip(&written.values).map(|(value, change)| InstalledValue {
                name: value.name.clone(),
                kind: value.kind.to_string(),
                change: *change,
            });
            record.keys.push(InstalledKey {
                key: format!(r"{}\{}", key.hive.root(), key.path),
                created: written.created,
                values: values.collect(),
            });
        }
        if let Some(software) = index.hives.open(HiveFile::Software, index.overlay, &limits)? {
            write_winner(software, &self.effects.identity)?;
        }
        index.winners.insert(&self.effects.identity, self.effects.identity.version);
        Ok(())
    }
}
