//! Placing files in an index beside what is there, and taking them back.

use super::script::{self, KEPT, MARK, SCRIPTS, SETUP_COMPLETE};
use super::{ANSWER_FILE, Applying, DeliveryRecord, FOLDER, Original, answer};
use crate::base::{ImagePath, ImageTree as _, Limits, Sha1Digest, Sha256Digest, sha1, sha256};
use crate::cbs::security;
use crate::error::{Error, ErrorKind, Result};
use crate::service::receipt::{Change, FileRecord, IndexRecord};
use crate::wim::overlay::{Content, Overlay};

/// An index on its way.
pub(super) struct Place<'a> {
    pub overlay: &'a mut Overlay,
    pub record: &'a mut IndexRecord,
}

impl Place<'_> {
    /// Adds a file that must not be there with other contents.
    pub fn put(
        &mut self,
        path: &ImagePath,
        role: &'static str,
        content: Content,
        (size, sha1, sha256): (u64, Sha1Digest, Sha256Digest),
    ) -> Result<()> {
        let change = match self.overlay.stat(path)? {
            None => {
                self.add(path, content)?;
                Change::Added
            }
            Some(entry) if !entry.is_dir && entry.sha1 == sha1 => Change::Present,
            Some(_) => {
                let e = Error::new(ErrorKind::AlreadyExists, "is in the image already, with other contents");
                return Err(e.with_path(path));
            }
        };
        let path = path.to_string();
        // A file that an update before this one brought is told once.
        if !self.record.files.iter().any(|f| f.path == path) {
            self.record.files.push(FileRecord { path, role, change, size, sha1, sha256 });
        }
        Ok(())
    }

    /// Adds a text that we wrote.
    fn text(&mut self, path: &ImagePath, role: &'static str, text: String) -> Result<()> {
        let bytes = text.into_bytes();
        let digests = (bytes.len() as u64, sha1(&bytes), sha256(&bytes));
        self.put(path, role, bytes.into(), digests)
    }

    /// Adds a file and the folders on its way: for administrators and the system to change, for everyone to read.
    fn add(&mut self, path: &ImagePath, content: Content) -> Result<()> {
        let mut missing = Vec::new();
        let mut folder = path.parent();
        while let Some(path) = folder.filter(|p| !p.is_root()) {
            if self.overlay.stat(&path)?.is_some() {
                break;
            }
            folder = path.parent();
            missing.push(path);
        }
        for folder in missing.iter().rev() {
            self.overlay.mkdir(folder)?;
            self.overlay.set_security(folder, Some(&security::setup_directory_descriptor()))?;
            self.record.folders.push(folder.to_string());
        }
        self.overlay.put(path, content)?;
        self.overlay.set_security(path, Some(&security::setup_file_descriptor()))
    }

    /// Names the update in the answer file, behind those that it names already.
    pub fn answer(
        &mut self,
        file: &ImagePath,
        original: &Original,
        digits: &str,
        packages: &[Applying<'_>],
        architecture: &str,
    ) -> Result<()> {
        let limits = Limits::default();
        let there = match self.overlay.stat(file)? {
            Some(_) => Some(self.overlay.read(file, limits.max_document)?),
            None => None,
        };
        let named = there.as_deref().map(|data| answer::parse(data, &limits).map_err(|e| e.with_path(file)));
        let mut named = named.transpose()?.unwrap_or_default();
        let before = named.len();
        for identity in packages.iter().filter_map(|p| p.identity) {
            let location = format!(r"{digits}\{}", original.name);
            let same =
                |w: &answer::Wanted| w.location == location && w.identity.to_string() == identity.to_string();
            if !named.iter().any(same) {
                named.push(answer::Wanted { identity: identity.clone(), location });
            }
        }
        let text = answer::write(&named, architecture);
        let path = file.to_string();
        let told = self.record.files.iter().position(|f| f.path == path);
        if let (Some(_), true) = (&there, named.len() > before) {
            // Ours, and made longer; what stood in it stands in it still.
            let bytes = text.into_bytes();
            let (size, digests) = (bytes.len() as u64, (sha1(&bytes), sha256(&bytes)));
            self.overlay.put(file, bytes)?;
            let change = told.map_or(Change::Extended, |at| self.record.files.remove(at).change);
            let (sha1, sha256) = digests;
            self.record.files.push(FileRecord { path, role: "answer_file", change, size, sha1, sha256 });
            return Ok(());
        }
        self.text(file, "answer_file", text)
    }

    /// The update's script, under the next number unless the image has it.
    pub fn script(&mut self, folder: &ImagePath, digits: &str, text: String) -> Result<ImagePath> {
        let names: Vec<String> = match self.overlay.stat(folder)? {
            Some(_) => self.overlay.list(folder)?.into_iter().map(|e| e.name.to_string()).collect(),
            None => Vec::new(),
        };
        let numbered = names.iter().filter_map(|n| {
            let (number, of) = n.strip_suffix(".cmd")?.split_once('-')?;
            Some((number.parse::<u32>().ok()?, of))
        });
        let numbered: Vec<(u32, &str)> = numbered.collect();
        let own = numbered.iter().find(|(_, of)| *of == digits).map(|(number, _)| *number);
        let next = numbered.iter().map(|(number, _)| number + 1).max().unwrap_or(1);
        if next > 9999 && own.is_none() {
            let e = Error::new(ErrorKind::LimitExceeded, "holds as many scripts as their names have numbers");
            return Err(e.with_path(folder));
        }
        let path = folder.join(&*format!("{:04}-{digits}.cmd", own.unwrap_or(next)));
        self.text(&path, "script", text)?;
        Ok(path)
    }

    /// `SetupComplete.cmd`. One that is not ours gets another name, by which ours calls it. Returns that name, and whether
    /// it was given now.
    pub fn setup_complete(&mut self) -> Result<(Option<ImagePath>, bool)> {
        let scripts = ImagePath::parse(SCRIPTS)?;
        let (path, kept) = (scripts.join(SETUP_COMPLETE), scripts.join(KEPT));
        let text = script::setup_complete();
        let mut moved = false;
        if let Some(entry) = self.overlay.stat(&path)? {
            let same = entry.sha1 == sha1(text.as_bytes());
            if !same {
                let theirs = self.overlay.read(&path, Limits::default().max_document)?;
                let ours = theirs.windows(MARK.len()).any(|part| part == MARK.as_bytes());
                if ours || self.overlay.stat(&kept)?.is_some() {
                    let why = "was changed after it was written by this program; it is not written over";
                    return Err(Error::new(ErrorKind::AlreadyExists, why).with_path(&path));
                }
                self.overlay.rename(&path, &kept)?;
                moved = true;
            }
        }
        self.text(&path, "script", text)?;
        Ok((self.overlay.stat(&kept)?.map(|_| kept), moved))
    }
}

/// Takes back what a delivery changed, once the files that it added are gone: the answer file loses its packages, the
/// image's own `SetupComplete.cmd` gets its name back.
pub(in crate::service) fn take_back(deliveries: &[DeliveryRecord], overlay: &mut Overlay) -> Result<()> {
    let limits = Limits::default();
    let folder = ImagePath::parse(FOLDER)?;
    let file = folder.join(ANSWER_FILE);
    if overlay.stat(&file)?.is_some() && deliveries.iter().any(|d| d.answer_file.is_some()) {
        let data = overlay.read(&file, limits.max_document)?;
        let mut named = answer::parse(&data, &limits).map_err(|e| e.with_path(&file))?;
        let ours = |w: &answer::Wanted| {
            let path = w.location.split('\\').fold(folder.clone(), |path, name| path.join(name)).to_string();
            deliveries.iter().any(|d| d.path == path)
        };
        named.retain(|w| !ours(w));
        let text = answer::write(&named, &answer::architecture_of(&data, &limits)?);
        overlay.put(&file, text.into_bytes())?;
    }
    let scripts = ImagePath::parse(SCRIPTS)?;
    let (path, kept) = (scripts.join(SETUP_COMPLETE), scripts.join(KEPT));
    if overlay.stat(&path)?.is_none() && deliveries.iter().any(|d| d.script.is_some()) {
        let left = match overlay.stat(&folder)? {
            Some(_) => {
                overlay.list(&folder)?.into_iter().map(|e| e.name.to_string()).find(|n| n.ends_with(".cmd"))
            }
            None => None,
        };
        if let Some(left) = left {
            let why =
                "was delivered by a later run and needs the script of this one; take that run back first";
            return Err(Error::new(ErrorKind::AlreadyExists, why).with_path(folder.join(&*left)));
        }
    }
    if deliveries.iter().any(|d| d.script_moved) && overlay.stat(&kept)?.is_some() {
        overlay.rename(&kept, &path)?;
    }
    Ok(())
}
