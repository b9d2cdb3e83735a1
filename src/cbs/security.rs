//! Security descriptors of what Windows' own servicing owns: TrustedInstaller alone may change it, everyone may
//! read and run it.

/// A security identifier's parts: authority and sub-authorities.
struct Sid(u8, &'static [u32]);

const TRUSTED_INSTALLER: Sid =
    Sid(5, &[80, 956_008_885, 3_418_522_649, 1_831_038_044, 1_853_292_631, 2_271_478_464]);
const ADMINISTRATORS: Sid = Sid(5, &[32, 544]);
const SYSTEM: Sid = Sid(5, &[18]);
const USERS: Sid = Sid(5, &[32, 545]);

const FILE_ALL: u32 = 0x001F_01FF;
const FILE_READ_EXECUTE: u32 = 0x0012_00A9;
const GENERIC_ALL: u32 = 0x1000_0000;
const GENERIC_READ_EXECUTE: u32 = 0xA000_0000;

/// To the directory itself, and to files and directories below.
const INHERIT: u8 = 0x01 | 0x02;
/// To files and directories below, not to the directory itself.
const INHERIT_ONLY: u8 = 0x01 | 0x02 | 0x08;

/// `SE_DACL_PRESENT`, `SE_DACL_AUTO_INHERITED`, `SE_DACL_PROTECTED`, `SE_SELF_RELATIVE`.
const CONTROL: u16 = 0x0004 | 0x0400 | 0x1000 | 0x8000;

/// The self-relative descriptor of a file that servicing owns:
/// `O:TIG:TID:PAI(A;;FA;;;TI)(A;;0x1200a9;;;BA)(A;;0x1200a9;;;SY)(A;;0x1200a9;;;BU)`, `TI` being
/// TrustedInstaller.
pub fn file_descriptor() -> Vec<u8> {
    let read = [&ADMINISTRATORS, &SYSTEM, &USERS].map(|sid| ace(0, FILE_READ_EXECUTE, sid));
    descriptor(&[&[ace(0, FILE_ALL, &TRUSTED_INSTALLER)], &read[..]].concat())
}

/// The same for a directory, with entries that files and directories below inherit.
pub fn directory_descriptor() -> Vec<u8> {
    let mut aces =
        vec![ace(0, FILE_ALL, &TRUSTED_INSTALLER), ace(INHERIT_ONLY, GENERIC_ALL, &TRUSTED_INSTALLER)];
    for sid in [&ADMINISTRATORS, &SYSTEM, &USERS] {
        aces.push(ace(0, FILE_READ_EXECUTE, sid));
        aces.push(ace(INHERIT_ONLY, GENERIC_READ_EXECUTE, sid));
    }
    descriptor(&aces)
}

/// What is no part of the component store: administrators and the system may change it, users read and run it.
/// `O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)`.
pub fn setup_file_descriptor() -> Vec<u8> {
    let aces =
        [ace(0, FILE_ALL, &SYSTEM), ace(0, FILE_ALL, &ADMINISTRATORS), ace(0, FILE_READ_EXECUTE, &USERS)];
    owned(&ADMINISTRATORS, &SYSTEM, &aces)
}

/// The same for a directory, with the same for files and directories below.
pub fn setup_directory_descriptor() -> Vec<u8> {
    let aces = [
        ace(INHERIT, FILE_ALL, &SYSTEM),
        ace(INHERIT, FILE_ALL, &ADMINISTRATORS),
        ace(INHERIT, FILE_READ_EXECUTE, &USERS),
    ];
    owned(&ADMINISTRATORS, &SYSTEM, &aces)
}

impl Sid {
    fn bytes(&self) -> Vec<u8> {
        let mut out = vec![1, self.1.len() as u8, 0, 0, 0, 0, 0, self.0];
        out.extend(self.1.iter().flat_map(|part| part.to_le_bytes()));
        out
    }
}

/// An entry that allows `mask` to `sid`.
fn ace(flags: u8, mask: u32, sid: &Sid) -> Vec<u8> {
    let sid = sid.bytes();
    let mut out = vec![0, flags];
    out.extend((8 + sid.len() as u16).to_le_bytes());
    out.extend(mask.to_le_bytes());
    out.extend(sid);
    out
}

fn descriptor(aces: &[Vec<u8>]) -> Vec<u8> {
    owned(&TRUSTED_INSTALLER, &TRUSTED_INSTALLER, aces)
}

fn owned(owner: &Sid, group: &Sid, aces: &[Vec<u8>]) -> Vec<u8> {
    let (owner, group) = (owner.bytes(), group.bytes());
    let entries = aces.concat();
    let (at_owner, at_group) = (20, 20 + owner.len());
    let at_dacl = at_group + group.len();
    let mut out = vec![1, 0];
    out.extend(CONTROL.to_le_bytes());
    for offset in [at_owner, at_group, 0, at_dacl] {
        out.extend((offset as u32).to_le_bytes());
    }
    out.extend(&owner);
    out.extend(&group);
    out.extend([2, 0]);
    out.extend((8 + entries.len() as u16).to_le_bytes());
    out.extend((aces.len() as u32).to_le_bytes());
    out.extend(entries);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Bytes;

    const TI: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

    fn sid(bytes: &[u8], at: usize) -> String {
        let mut r = Bytes::at(bytes, at).unwrap();
        assert_eq!(r.u8().unwrap(), 1);
        let count = r.u8().unwrap();
        let authority = r.array::<6>().unwrap().iter().fold(0_u64, |a, b| a << 8 | u64::from(*b));
        (0..count).fold(format!("S-1-{authority}"), |text, _| format!("{text}-{}", r.u32().unwrap()))
    }

    /// Owner, group, control, and each entry as flags, mask and SID.
    fn read(bytes: &[u8]) -> (String, String, u16, Vec<(u8, u32, String)>) {
        let mut r = Bytes::new(bytes);
        assert_eq!((r.u8().unwrap(), r.u8().unwrap()), (1, 0));
        let control = r.u16().unwrap();
        let offsets = [(); 4].map(|()| r.u32().unwrap() as usize);
        assert_eq!(offsets[2], 0);
        let mut r = Bytes::at(bytes, offsets[3]).unwrap();
        assert_eq!((r.u8().unwrap(), r.u8().unwrap()), (2, 0));
        assert_eq!(usize::from(r.u16().unwrap()), bytes.len() - offsets[3]);
        let mut aces = Vec::new();
        for _ in 0..r.u32().unwrap() {
            let start = r.pos();
            let (kind, flags, len) = (r.u8().unwrap(), r.u8().unwrap(), r.u16().unwrap());
            assert_eq!((kind, len % 4), (0, 0));
            aces.push((flags, r.u32().unwrap(), sid(bytes, start + 8)));
            r = Bytes::at(bytes, start + usize::from(len)).unwrap();
        }
        assert_eq!(r.left(), 0);
        (sid(bytes, offsets[0]), sid(bytes, offsets[1]), control, aces)
    }

    #[test]
    fn files_belong_to_trusted_installer() {
        let (owner, group, control, aces) = read(&file_descriptor());
        assert_eq!((owner.as_str(), group.as_str(), control), (TI, TI, 0x9404));
        let readers = ["S-1-5-32-544", "S-1-5-18", "S-1-5-32-545"];
        let mut expected = vec![(0, 0x1F_01FF, TI.to_owned())];
        expected.extend(readers.map(|s| (0, 0x12_00A9, s.to_owned())));
        assert_eq!(aces, expected);
    }

    #[test]
    fn what_setup_runs_is_in_nobody_elses_hands() {
        let system = "S-1-5-18".to_owned();
        for (descriptor, flags) in [(setup_file_descriptor(), 0), (setup_directory_descriptor(), 3)] {
            let (owner, group, control, aces) = read(&descriptor);
            assert_eq!((owner.as_str(), &group, control), ("S-1-5-32-544", &system, 0x9404));
            let expected = [
                (flags, 0x1F_01FF, system.clone()),
                (flags, 0x1F_01FF, "S-1-5-32-544".into()),
                (flags, 0x12_00A9, "S-1-5-32-545".into()),
            ];
            assert_eq!(aces, expected);
        }
    }

    #[test]
    fn directories_hand_the_rights_down() {
        let (owner, _, _, aces) = read(&directory_descriptor());
        assert_eq!((owner.as_str(), aces.len()), (TI, 8));
        assert_eq!(aces[1], (0x0B, 0x1000_0000, TI.into()));
        assert_eq!(aces[3], (0x0B, 0xA000_0000, "S-1-5-32-544".into()));
    }
}
