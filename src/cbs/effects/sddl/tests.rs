//! SDDL against known bytes, there and back, inheritance, and what must be refused.

use super::*;
use crate::cbs::security;

const TI: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

#[test]
fn the_text_of_the_stores_own_descriptors_gives_their_entries() {
    let read = ";;;BA)(A;;0x1200a9;;;SY)(A;;0x1200a9;;;BU)";
    let file =
        SecurityDescriptor::parse(&format!("O:{TI}G:{TI}D:PAI(A;;FA;;;{TI})(A;;0x1200a9{read}")).unwrap();
    assert_eq!(SecurityDescriptor::from_bytes(&security::file_descriptor()).unwrap(), file);
    assert_eq!(file.to_bytes().unwrap(), security::file_descriptor());
    // As manifests write it.
    let wrp = format!(
        "O:{TI}G:{TI}D:P(A;;FA;;;{TI})(A;;GRGX;;;BA)(A;;GRGX;;;SY)(A;;GRGX;;;BU)S:(AU;FASA;0x000D0116;;;WD)"
    );
    let mapped = SecurityDescriptor::parse(&wrp).unwrap().mapped(Guarded::File);
    assert_eq!(mapped.dacl, file.dacl);
    assert_eq!(mapped.sacl.as_deref().unwrap()[0].flags, 0xC0);
}

#[test]
fn bytes_are_those_that_windows_writes() {
    // The value "Security" of a service in a real manifest (KB943790), and what it says as text.
    let text = "O:SYG:SYD:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLORC;;;IU)\
                (A;;CCLCSWLORC;;;SU)S:(AU;FA;CCDCLCSWRPWPDTLOSDRCWDWO;;;WD)";
    let real = "010014808C00000098000000140000003000000002001C000100000002801400FF000F0001010000000000010000000002005C\
                000400000000001400FD01020001010000000000051200000000001800FF010F0001020000000000052000000020020000\
                000014008D000200010100000000000504000000000014008D000200010100000000000506000000010100000000000512\
                000000010100000000000512000000";
    let real: Vec<u8> = real
        .as_bytes()
        .chunks(2)
        .map(|p| u8::from_str_radix(str::from_utf8(p).unwrap(), 16).unwrap())
        .collect();
    let parsed = SecurityDescriptor::parse(text).unwrap();
    assert_eq!(SecurityDescriptor::from_bytes(&real).unwrap(), parsed);
    assert_eq!(parsed.to_bytes().unwrap().len(), real.len());
    assert_eq!(SecurityDescriptor::from_bytes(&parsed.to_bytes().unwrap()).unwrap(), parsed);
}

#[test]
fn flags_stand_alone_or_together() {
    let parsed = SecurityDescriptor::parse(
        "D:AI(A;OICI;FRFW;;;S-1-5-80-2652678385-1)(A;IOCIOI;GA;;;SY)(A;;0x00120002;;;LS)",
    )
    .unwrap();
    let aces = parsed.dacl.as_deref().unwrap();
    assert_eq!(
        (aces[0].flags, aces[0].mask, aces[0].sid.to_string().as_str()),
        (3, 0x0012_019F, "S-1-5-80-2652678385-1")
    );
    assert_eq!((aces[1].flags, aces[1].mask, aces[2].mask), (0x0B, 0x1000_0000, 0x0012_0002));
    assert_eq!(parsed.control, 0x8404);
    assert!(parsed.inherits() && !SecurityDescriptor::parse("D:P").unwrap().inherits());
    assert_eq!(SecurityDescriptor::parse("D:NO_ACCESS_CONTROL").unwrap().dacl, None);
    assert_eq!(SecurityDescriptor::parse("").unwrap().to_bytes().unwrap().len(), 20);
    // What only those below inherit keeps its generic rights.
    let mapped = parsed.mapped(Guarded::Key);
    assert_eq!(mapped.dacl.unwrap()[1].mask, 0x1000_0000);
    assert_eq!(rights::map_generic(0x8000_0000, Guarded::Key), 0x0002_0019);
}

#[test]
fn an_unprotected_list_takes_what_its_parent_hands_down() {
    let parent = "O:BAG:BAD:P(A;;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;OI;FR;;;AU)(A;CI;FW;;;SY)(A;OICIIO;GA;;;CO)(A;CINP;FX;;;LS)";
    let parent = SecurityDescriptor::parse(parent).unwrap();
    let new = || {
        SecurityDescriptor::parse("D:(A;;FA;;;SY)(A;ID;FA;;;NS)").unwrap().owned_by(&Sid::trusted_installer())
    };
    let show = |d: &SecurityDescriptor| -> Vec<(u8, u32, String)> {
        d.dacl.iter().flatten().map(|a| (a.flags, a.mask, a.sid.to_string())).collect()
    };
    let file = new().inherit(&parent, Guarded::File);
    assert_eq!(
        show(&file),
        [
            (0, 0x001F_01FF, "S-1-5-18".into()),
            (0x10, 0x0012_00A9, "S-1-5-32-545".into()),
            (0x10, 0x0012_0089, "S-1-5-11".into()),
            (0x10, 0x001F_01FF, TI.into()),
        ]
    );
    let folder = new().inherit(&parent, Guarded::Directory);
    assert_eq!(
        show(&folder)[1..],
        [
            (0x13, 0x0012_00A9, "S-1-5-32-545".into()),
            (0x19, 0x0012_0089, "S-1-5-11".into()),
            (0x12, 0x0012_0116, "S-1-5-18".into()),
            (0x10, 0x001F_01FF, TI.into()),
            (0x1B, 0x1000_0000, "S-1-3-0".into()),
            (0x10, 0x0012_00A0, "S-1-5-19".into()),
        ]
    );
    let protected = SecurityDescriptor::parse("D:P(A;;FA;;;SY)").unwrap();
    assert_eq!(protected.clone().inherit(&parent, Guarded::File), protected);
}

#[test]
fn what_is_no_descriptor_is_refused() {
    for bad in [
        "X:",
        "O",
        "O:",
        "O:ZZ",
        "O:S-1-",
        "O:S-1-5-4294967296",
        "D:(A;;GA;;;SY",
        "D:(A;;GA;;SY)",
        "D:(A;Q;GA;;;SY)",
        "D:(A;;ZZ;;;SY)",
        "D:(A;;G;;;SY)",
        "D:(A;;0xq;;;SY)",
        "D:(XA;;GA;;;SY;(a==b))",
        "D:(A;;GA;;;SYx)",
        "D:(OA;;GA;bf967aba-0de6-11d0-a285-00aa003049e2;;SY)",
        "D:(A;;GÄ;;;SY)",
        "D:(A;;GA;;;DA)",
    ] {
        assert!(SecurityDescriptor::parse(bad).is_err(), "{bad}");
    }
    let whole =
        SecurityDescriptor::parse("O:BAG:BAD:(A;;GA;;;SY)S:(AU;SA;GA;;;WD)").unwrap().to_bytes().unwrap();
    for len in 0..whole.len() {
        let _ = SecurityDescriptor::from_bytes(&whole[..len]);
    }
    for (at, _) in whole.iter().enumerate() {
        for byte in [0, 1, 2, 0x7F, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            let _ = SecurityDescriptor::from_bytes(&bytes).map(|d| d.to_bytes());
        }
    }
}
