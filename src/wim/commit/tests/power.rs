//! The power is cut at every write and sync of a commit, and what had not been synced is lost in several ways:
//! each time the image has the old content or the new.

use super::super::append::append;
use super::super::images::{ImageEdits, ImageProperties};
use super::*;
use crate::base::{ImageTree, ReadAt};
use crate::error::Error;
use crate::wim::write::disk::Disk;
use std::sync::Arc;
use std::sync::Mutex;

#[derive(Clone)]
enum Step {
    Write(Vec<u8>, u64),
    SetLen(u64),
}

#[derive(Default)]
struct State {
    /// What a sync has made sure of.
    safe: Vec<u8>,
    /// What came after the last sync, in order.
    unsynced: Vec<Step>,
    /// What a program sees.
    now: Vec<u8>,
    steps: usize,
}

/// A disk whose power fails before step `cut`.
pub(super) struct SimDisk {
    state: Mutex<State>,
    cut: usize,
}

impl SimDisk {
    pub(super) fn new(data: &[u8], cut: usize) -> Self {
        let state = State { safe: data.to_vec(), now: data.to_vec(), ..State::default() };
        Self { state: Mutex::new(state), cut }
    }

    /// What a program sees now.
    pub(super) fn now(&self) -> Vec<u8> {
        self.state.lock().unwrap().now.clone()
    }

    /// Writes, cuts and syncs so far.
    pub(super) fn steps(&self) -> usize {
        self.state.lock().unwrap().steps
    }

    fn step(&self, act: impl FnOnce(&mut State)) -> Result<()> {
        let mut state = self.state.lock().unwrap();
        state.steps += 1;
        if state.steps > self.cut {
            return Err(Error::new(ErrorKind::Io, "the power failed"));
        }
        act(&mut state);
        Ok(())
    }

    /// What may lie on the disk afterwards: all of the unsynced writes, none, any one lost, only one done, a cut
    /// in the middle of each, and zeroes where the length got through without the data.
    pub(super) fn outcomes(&self) -> Vec<Vec<u8>> {
        let state = self.state.lock().unwrap();
        let with = |keep: &dyn Fn(usize) -> Option<usize>| {
            let mut data = state.safe.clone();
            for (i, step) in state.unsynced.iter().enumerate() {
                if let Some(part) = keep(i) {
                    apply(&mut data, step, part);
                }
            }
            data
        };
        let count = state.unsynced.len();
        let mut out = vec![with(&|_| None), with(&|_| Some(usize::MAX))];
        for i in 0..count {
            out.push(with(&|n| (n != i).then_some(usize::MAX)));
            out.push(with(&|n| (n == i).then_some(usize::MAX)));
            out.push(with(&|n| (n < i).then_some(usize::MAX)));
            // A header is written within one sector, which disks write whole or not at all.
            let torn = !matches!(&state.unsynced[i], Step::Write(_, 0));
            if torn {
                out.push(with(&|n| if n == i { Some(512) } else { Some(usize::MAX) }));
            }
        }
        out
    }
}

fn apply(data: &mut Vec<u8>, step: &Step, part: usize) {
    match step {
        Step::Write(bytes, offset) => {
            let end = *offset as usize + bytes.len();
            data.resize(data.len().max(end), 0);
            let part = part.min(bytes.len());
            data[*offset as usize..][..part].copy_from_slice(&bytes[..part]);
        }
        Step::SetLen(len) => data.resize(*len as usize, 0),
    }
}

impl ReadAt for SimDisk {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        let state = self.state.lock().unwrap();
        let part = state.now.get(offset as usize..).and_then(|d| d.get(..buf.len()));
        buf.copy_from_slice(part.ok_or_else(|| Error::new(ErrorKind::Truncated, "past the end"))?);
        Ok(())
    }

    fn size(&self) -> u64 {
        self.state.lock().unwrap().now.len() as u64
    }
}

impl Disk for SimDisk {
    fn write_at(&self, data: &[u8], offset: u64) -> Result<()> {
        self.step(|s| {
            let step = Step::Write(data.to_vec(), offset);
            apply(&mut s.now, &step, usize::MAX);
            s.unsynced.push(step);
        })
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.step(|s| {
            s.now.resize(len as usize, 0);
            s.unsynced.push(Step::SetLen(len));
        })
    }

    fn sync(&self) -> Result<()> {
        self.step(|s| {
            s.safe = s.now.clone();
            s.unsynced.clear();
        })
    }

    fn len(&self) -> Result<u64> {
        Ok(self.size())
    }
}

pub(super) fn open_bytes(bytes: &[u8]) -> Result<WimFile> {
    WimFile::open_source(Arc::new(bytes.to_vec()), &OpenOptions::new())
}

fn changed(wim: &WimFile, tag: u8) -> Change<'_> {
    let mut overlays = Vec::new();
    for index in 1..=2 {
        let mut overlay = Overlay::new(wim, index).unwrap();
        overlay.put(&path("both"), vec![tag; 40_000]).unwrap();
        overlay.put(&path(&format!("dir\\{tag}")), data(tag.into(), 90_000)).unwrap();
        if tag > 1 {
            overlay.remove(&path(&format!("dir\\{}", tag - 1))).unwrap();
        }
        overlays.push(overlay);
    }
    Change::Overlays(overlays)
}

/// Which version all of the file shows; fails where it is a mixture or does not verify.
fn version(bytes: &[u8]) -> u8 {
    let wim = open_bytes(bytes).unwrap();
    let report = wim.verify(&crate::wim::VerifyOptions::default(), &Progress::none()).unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let mut versions = Vec::new();
    for index in 1..=2 {
        let view = Overlay::new(&wim, index).unwrap();
        let tag = view.read(&path("both"), 1 << 20).unwrap()[0];
        let names: Vec<_> = view.list(&path("dir")).unwrap().iter().map(|e| e.name.to_string()).collect();
        assert_eq!(names, [tag.to_string()]);
        assert_eq!(view.read(&path(&format!("dir\\{tag}")), 1 << 20).unwrap(), data(tag.into(), 90_000));
        versions.push(tag);
    }
    assert_eq!(versions[0], versions[1]);
    versions[0]
}

#[test]
fn old_or_new_wherever_the_power_fails() {
    let options = CommitOptions { timestamp: Some(FileTime(1)), ..CommitOptions::default() };
    for integrity in [false, true] {
        let disk = SimDisk::new(&blank_wim(Compression::Lzx, 1 << 15, 2, integrity), usize::MAX);
        let wim = open_bytes(&disk.state.lock().unwrap().now).unwrap();
        append(&disk, &wim, changed(&wim, 1), &options, &Progress::none()).unwrap();
        let old = disk.state.lock().unwrap().now.clone();
        assert_eq!(version(&old), 1);
        let wim = open_bytes(&old).unwrap();
        let whole = SimDisk::new(&old, usize::MAX);
        append(&whole, &wim, changed(&wim, 2), &options, &Progress::none()).unwrap();
        let (steps, new) = {
            let state = whole.state.lock().unwrap();
            (state.steps, state.now.clone())
        };
        assert_eq!(version(&new), 2);
        assert_eq!(new[HEADER_LEN..old.len()], old[HEADER_LEN..]);
        assert!(steps >= 7, "{steps}");
        let mut outcomes = 0;
        for cut in 0..steps {
            let disk = SimDisk::new(&old, cut);
            append(&disk, &wim, changed(&wim, 2), &options, &Progress::none()).unwrap_err();
            for after in disk.outcomes() {
                let version = version(&after);
                // The header is the last write but one step: before it nothing new may show.
                assert!(version == 1 || (version == 2 && cut >= steps - 1), "cut {cut} of {steps}");
                outcomes += 1;
                // Garbage that the cut left is no hindrance to the next commit.
                if version == 1 {
                    let wim = open_bytes(&after).unwrap();
                    let disk = SimDisk::new(&after, usize::MAX);
                    append(&disk, &wim, changed(&wim, 2), &options, &Progress::none()).unwrap();
                    assert_eq!(self::version(&disk.state.lock().unwrap().now), 2);
                }
            }
        }
        eprintln!("{steps} steps, {outcomes} outcomes");
    }
}

/// A disk where one step fails and all others work, as with a full disk.
#[test]
fn a_failure_is_undone() {
    struct Failing(SimDisk, usize);
    impl ReadAt for Failing {
        fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
            self.0.read_exact_at(buf, offset)
        }
        fn size(&self) -> u64 {
            self.0.size()
        }
    }
    impl Failing {
        fn fails(&self) -> Result<()> {
            if self.0.state.lock().unwrap().steps == self.1 {
                self.0.state.lock().unwrap().steps += 1;
                return Err(Error::new(ErrorKind::NoSpace, "the disk is full"));
            }
            Ok(())
        }
    }
    impl Disk for Failing {
        fn write_at(&self, data: &[u8], offset: u64) -> Result<()> {
            self.fails().and_then(|()| self.0.write_at(data, offset))
        }
        fn set_len(&self, len: u64) -> Result<()> {
            self.fails().and_then(|()| self.0.set_len(len))
        }
        fn sync(&self) -> Result<()> {
            self.fails().and_then(|()| self.0.sync())
        }
        fn len(&self) -> Result<u64> {
            self.0.len()
        }
    }
    let old = blank_wim(Compression::Lzx, 1 << 15, 2, true);
    let wim = open_bytes(&old).unwrap();
    for at in 0.. {
        let disk = Failing(SimDisk::new(&old, usize::MAX), at);
        let result = append(&disk, &wim, changed(&wim, 1), &CommitOptions::default(), &Progress::none());
        match result {
            Ok(_) => {
                assert!(at >= 7, "only {at} steps");
                break;
            }
            Err(e) => assert_eq!(e.kind(), ErrorKind::NoSpace),
        }
        assert!(disk.0.state.lock().unwrap().now == old, "step {at}");
    }
}

/// What the list of images looks like; fails where the file does not verify.
fn listed(bytes: &[u8]) -> (Vec<(String, String)>, u32) {
    let wim = open_bytes(bytes).unwrap();
    let report = wim.verify(&crate::wim::VerifyOptions::default(), &Progress::none()).unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let xml = wim.xml().unwrap();
    assert_eq!(xml.images().len() as u32, wim.image_count());
    let boot = wim.header().boot_index;
    if boot != 0 {
        let images: Vec<_> = wim.blob_table().entries.iter().filter(|e| e.is_metadata()).collect();
        assert_eq!(wim.header().boot_metadata, images[boot as usize - 1].resource);
    }
    let images = xml.images().iter().map(|image| {
        let view = Overlay::new(&wim, image.index).unwrap();
        let names: Vec<_> = view.list(&path("dir")).unwrap().iter().map(|e| e.name.to_string()).collect();
        for name in &names {
            assert!(!view.read(&path(&format!("dir\\{name}")), 1 << 20).unwrap().is_empty());
        }
        (image.name.clone(), names.concat())
    });
    (images.collect(), boot)
}

#[test]
fn the_list_of_images_is_old_or_new_wherever_the_power_fails() {
    let named = |name: &str| ImageProperties { name: Some(name.into()), ..ImageProperties::default() };
    let cases = [
        (ImageEdits { delete: vec![1], ..ImageEdits::default() }, vec![("image 2", "2")], 1),
        (ImageEdits { delete: vec![2], ..ImageEdits::default() }, vec![("image 1", "1")], 0),
        (ImageEdits { delete: vec![1, 2], ..ImageEdits::default() }, vec![], 0),
        (
            ImageEdits { properties: vec![(1, named("x"))], boot: Some(1), ..ImageEdits::default() },
            vec![("x", "1"), ("image 2", "2")],
            1,
        ),
        (
            ImageEdits { delete: vec![1], properties: vec![(2, named("image 1"))], boot: Some(0) },
            vec![("image 1", "2")],
            0,
        ),
    ];
    for integrity in [false, true] {
        let disk = SimDisk::new(&blank_wim(Compression::Xpress, 1 << 15, 2, integrity), usize::MAX);
        let now = || disk.state.lock().unwrap().now.clone();
        let wim = open_bytes(&now()).unwrap();
        let mut overlays = Vec::new();
        for index in 1..=2 {
            let mut overlay = Overlay::new(&wim, index).unwrap();
            overlay.put(&path("both"), vec![1; 40_000]).unwrap();
            overlay.put(&path(&format!("dir\\{index}")), data(index.into(), 90_000)).unwrap();
            overlays.push(overlay);
        }
        let (options, none) = (CommitOptions::default(), Progress::none());
        append(&disk, &wim, Change::Overlays(overlays), &options, &none).unwrap();
        let wim = open_bytes(&now()).unwrap();
        let boot = Change::Images(ImageEdits { boot: Some(2), ..ImageEdits::default() });
        append(&disk, &wim, boot, &options, &none).unwrap();
        let old = now();
        let before = listed(&old);
        assert_eq!(before.1, 2);
        let wim = open_bytes(&old).unwrap();
        let mut outcomes = 0;
        for (edits, images, boot) in &cases {
            let images = images.iter().map(|(name, file)| ((*name).to_owned(), (*file).to_owned())).collect();
            let after = (images, *boot);
            let whole = SimDisk::new(&old, usize::MAX);
            append(&whole, &wim, Change::Images(edits.clone()), &options, &none).unwrap();
            let steps = whole.state.lock().unwrap().steps;
            assert_eq!(listed(&whole.state.lock().unwrap().now), after);
            for cut in 0..steps {
                let disk = SimDisk::new(&old, cut);
                append(&disk, &wim, Change::Images(edits.clone()), &options, &none).unwrap_err();
                for left in disk.outcomes() {
                    let shown = listed(&left);
                    assert!(shown == before || (shown == after && cut >= steps - 1), "cut {cut} of {steps}");
                    outcomes += 1;
                }
            }
        }
        eprintln!("{outcomes} outcomes");
    }
}
