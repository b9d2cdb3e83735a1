//! Changes to the tree that keep links, lists and the name index in step. Only the overlay makes them.

use super::{Dentry, DentryId, Inode, InodeId, Metadata};
use crate::base::Name;

impl Metadata {
    pub(crate) fn add_inode(&mut self, inode: Inode) -> InodeId {
        room(&mut self.inodes);
        self.inodes.push(Inode { links: 0, ..inode });
        InodeId((self.inodes.len() - 1) as u32)
    }

    pub(crate) fn inode_mut(&mut self, id: InodeId) -> &mut Inode {
        &mut self.inodes[id.0 as usize]
    }

    /// A new name for `inode` in `dir`.
    pub(crate) fn add_dentry(&mut self, dir: DentryId, name: Name, inode: InodeId) -> DentryId {
        let id = DentryId(self.dentries.len() as u32);
        self.inodes[inode.0 as usize].links += 1;
        room(&mut self.dentries);
        self.dentries.push(Dentry {
            name,
            short_name: Name::default(),
            parent: dir,
            inode,
            children: Vec::new(),
            changed: false,
        });
        self.attach(dir, id);
        id
    }

    /// Takes a name, and all that lies below it, out of the tree.
    pub(crate) fn remove_dentry(&mut self, id: DentryId) {
        self.detach(id);
        let below: Vec<_> = self.walk(id).collect();
        for id in below {
            let inode = self.dentry(id).inode;
            self.inodes[inode.0 as usize].links -= 1;
            // The index holds names below by their parents' ids, which are never used again: they cost memory
            // only, as nothing reaches them.
        }
    }

    /// Moves a name to another directory, another spelling, or both.
    pub(crate) fn move_dentry(&mut self, id: DentryId, dir: DentryId, name: Name) {
        self.detach(id);
        let dentry = &mut self.dentries[id.0 as usize];
        // An 8.3 name belongs to the long name it was made for.
        if !dentry.name.same_spelling(&name) && dentry.name != name {
            dentry.short_name = Name::default();
        }
        dentry.name = name;
        dentry.parent = dir;
        self.attach(dir, id);
    }

    /// Sets the 8.3 name of an entry; an empty one for none.
    pub(crate) fn set_short_name(&mut self, id: DentryId, name: Name) {
        self.dentries[id.0 as usize].short_name = name;
    }

    /// Gives one name its own inode.
    pub(crate) fn replace_inode(&mut self, id: DentryId, inode: Inode) -> InodeId {
        let new = self.add_inode(inode);
        let dentry = &mut self.dentries[id.0 as usize];
        let old = std::mem::replace(&mut dentry.inode, new);
        self.inodes[old.0 as usize].links -= 1;
        self.inodes[new.0 as usize].links = 1;
        new
    }

    fn attach(&mut self, dir: DentryId, id: DentryId) {
        let parent = &mut self.dentries[dir.0 as usize];
        parent.children.push(id);
        parent.changed = true;
        if let Some(mut index) = self.index.take() {
            index.insert(dir, &self.dentry(id).name, id);
            let _ = self.index.set(index);
        }
    }

    fn detach(&mut self, id: DentryId) {
        let dir = self.dentry(id).parent;
        if let Some(mut index) = self.index.take() {
            index.remove(dir, &self.dentry(id).name, id);
            let _ = self.index.set(index);
        }
        let parent = &mut self.dentries[dir.0 as usize];
        if let Some(at) = parent.children.iter().position(|&c| c == id) {
            parent.children.remove(at);
        }
        parent.changed = true;
    }
}

/// Room for one more. A large image gets an eighth more than it has, not as much again.
fn room<T>(items: &mut Vec<T>) {
    if items.len() == items.capacity() {
        items.reserve_exact(items.len() / 8 + 64);
    }
}
