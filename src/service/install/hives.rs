//! The hives of an index while it is installed: opened when first needed, written when all is done.

use crate::base::{ImageTree as _, Limits};
use crate::cbs::effects::HiveFile;
use crate::cbs::registration::HiveUndo;
use crate::cbs::state::hives::{logs_of, open_replayed};
use crate::error::Result;
use crate::registry::{Hive, HiveEditor};
use crate::service::receipt::{HiveChange, HiveRecord, IndexRegistration};
use crate::service::session::Session;
use crate::wim::overlay::{Content, Overlay};
use crate::wim::xml::FileTime;
use std::collections::BTreeMap;

/// The hives that were looked at; `None` is one that the image does not have.
pub(super) struct Hives {
    /// What changed keys get as their time.
    time: u64,
    open: BTreeMap<HiveFile, Option<Edited>>,
}

struct Edited {
    before: Hive,
    editor: HiveEditor,
    replayed: bool,
}

impl Hives {
    pub fn new(session: &Session) -> Self {
        Self { time: FileTime::from(session.clock.started).0, open: BTreeMap::new() }
    }

    /// The hive, to be read or changed; `None` where the image has none.
    pub fn open(
        &mut self,
        hive: HiveFile,
        overlay: &Overlay,
        limits: &Limits,
    ) -> Result<Option<&mut HiveEditor>> {
        if !self.open.contains_key(&hive) {
            let edited = match open_replayed(overlay, &hive.path(), limits)? {
                Some((before, replayed)) => {
                    let mut editor = before.clone().edit().map_err(|e| e.within(hive))?;
                    editor.set_time(self.time);
                    Some(Edited { before, editor, replayed })
                }
                None => None,
            };
            self.open.insert(hive, edited);
        }
        Ok(self.open.get_mut(&hive).and_then(Option::as_mut).map(|e| &mut e.editor))
    }

    /// Puts what changed into the overlay, and says so.
    pub fn finish(
        self,
        session: &Session,
        overlay: &mut Overlay,
        registration: &mut IndexRegistration,
        changes: &mut Vec<HiveChange>,
    ) -> Result<()> {
        let limits = &session.options.limits;
        for (hive, edited) in self.open {
            let Some(Edited { before, editor, replayed }) = edited else { continue };
            if !editor.is_changed() {
                continue;
            }
            let path = hive.path();
            let sha1_before = overlay.stat(&path)?.map(|e| e.sha1).unwrap_or_default();
            let after = Hive::open(editor.finish(), limits).map_err(|e| e.within(hive))?;
            let undo = HiveUndo::between(&before, &after).map_err(|e| e.within(hive))?;
            let staged = session.area.put(after.into_bytes())?;
            let sha1_after = staged.sha1();
            overlay.put(&path, Content::with_sha1(staged, sha1_after))?;
            if replayed {
                // Replayed once: what stands in them must not be taken for news of the new hive.
                for log in logs_of(&path) {
                    if overlay.stat(&log)?.is_some_and(|e| !e.is_empty()) {
                        overlay.put(&log, Vec::new())?;
                    }
                }
            }
            let name = hive.name();
            registration.hives.push(HiveRecord { hive: name.clone(), sha1_before, sha1_after });
            if !changes.iter().any(|c| c.is(&name, sha1_before, sha1_after)) {
                changes.push(HiveChange { hive: name, sha1_before, sha1_after, replayed, undo });
            }
        }
        Ok(())
    }
}
