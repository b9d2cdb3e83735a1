//! What an object inherits from the directory or key that it lies in (MS-DTYP 2.5.3.4).

use super::rights::{is_generic, map_generic};
use super::{Ace, DACL_AUTO_INHERITED, DACL_PRESENT, Guarded, SecurityDescriptor, Sid};
use crate::base::sddl_words::{CONTAINER_INHERIT, INHERIT_ONLY, INHERITED, NO_PROPAGATE, OBJECT_INHERIT};

impl SecurityDescriptor {
    /// The same with the parent's inheritable entries behind its own, where its list is not protected from them.
    #[must_use]
    pub(crate) fn inherit(mut self, parent: &Self, guarded: Guarded) -> Self {
        if !self.inherits() {
            return self;
        }
        let mut own: Vec<Ace> = self.dacl.take().unwrap_or_default();
        // What was inherited elsewhere is not inherited here.
        own.retain(|ace| ace.flags & INHERITED == 0);
        for ace in parent.dacl.iter().flatten() {
            self.inherited(ace, guarded, &mut own);
        }
        self.dacl = Some(own);
        self.control |= DACL_PRESENT | DACL_AUTO_INHERITED;
        self
    }

    /// Owner and group where the text names none.
    #[must_use]
    pub(crate) fn owned_by(mut self, sid: &Sid) -> Self {
        self.owner.get_or_insert_with(|| sid.clone());
        self.group.get_or_insert_with(|| sid.clone());
        self
    }

    fn inherited(&self, ace: &Ace, guarded: Guarded, out: &mut Vec<Ace>) {
        let container = guarded != Guarded::File;
        let for_this = ace.flags & if container { CONTAINER_INHERIT } else { OBJECT_INHERIT } != 0;
        let propagates = container && ace.flags & NO_PROPAGATE == 0;
        let handed_on = if propagates { ace.flags & (OBJECT_INHERIT | CONTAINER_INHERIT) } else { 0 };
        if !for_this {
            // A directory hands on what is for files only, and is not touched by it itself.
            if handed_on != 0 {
                out.push(Ace { flags: handed_on | INHERIT_ONLY | INHERITED, ..ace.clone() });
            }
            return;
        }
        let owner = if ace.sid.is_creator_group() { &self.group } else { &self.owner };
        let sid = owner.as_ref().filter(|_| ace.sid.is_creator()).unwrap_or(&ace.sid);
        let mask = map_generic(ace.mask, guarded);
        if is_generic(ace.mask) || ace.sid.is_creator() {
            // One entry that holds here, one that says to those below what it said to this one.
            out.push(Ace { flags: INHERITED, mask, sid: sid.clone(), kind: ace.kind });
            if handed_on != 0 {
                out.push(Ace { flags: handed_on | INHERIT_ONLY | INHERITED, ..ace.clone() });
            }
        } else {
            out.push(Ace { flags: handed_on | INHERITED, ..ace.clone() });
        }
    }
}
