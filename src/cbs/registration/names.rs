//! Names and data of values that the COMPONENTS hive cuts short.

use crate::cbs::keyform::name_hash;

/// The longest file name that stands as it is.
const FILE: usize = 25;
/// The longest reference of a deployment that stands as it is, without its `CBS_`.
const REFERENCE: usize = 60;

/// The value of a component's file: `f!`, then the name, or its first 25 characters and a hash of all of it.
pub(super) fn file(name: &str) -> String {
    format!("f!{}", cut(name, name, FILE))
}

/// The value of a component's deployment.
pub(super) fn deployment(key: &str) -> String {
    format!("c!{key}")
}

/// The value by which a deployment names the update of a package that wants it; `mark` is `p`, `s` or `i`.
pub(super) fn reference(mark: char, reference: &str) -> String {
    format!("{mark}!CBS_{}", cut(&reference.to_ascii_lowercase(), reference, REFERENCE))
}

/// The data of that value.
pub(super) fn reference_data(reference: &str) -> Vec<u8> {
    let mut data = (reference.len() as u32).to_le_bytes().to_vec();
    data.extend([0; 4]);
    data.extend(reference.as_bytes());
    data
}

fn cut(shown: &str, hashed: &str, length: usize) -> String {
    match shown.char_indices().nth(length) {
        None => shown.to_owned(),
        Some((at, _)) => format!("{}_{:016x}", &shown[..at], name_hash(hashed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_names_come_out() {
        assert_eq!(file("proactive-telemetry-events.js"), "f!proactive-telemetry-event_8ac43a41e5030538");
        assert_eq!(file("windows.media.speech.uxres.dll"), "f!windows.media.speech.uxre_be5691ea15f31de0");
        assert_eq!(file("dss-winrt-telemetry.js"), "f!dss-winrt-telemetry.js");
        for (update, expected) in [
            (
                "236_neutral_GDR",
                "i!CBS_package_4_for_kb948610~31bf3856ad364e35~x86~~6.0.6001.2123.9_ea595459ef79236f",
            ),
            (
                "238_neutral_GDR",
                "i!CBS_package_4_for_kb948610~31bf3856ad364e35~x86~~6.0.6001.2123.9_9239eb5df3a843a1",
            ),
        ] {
            let of = format!("Package_4_for_KB948610~31bf3856ad364e35~x86~~6.0.6001.2123.948610-{update}");
            assert_eq!(reference('i', &of), expected);
            assert_eq!(reference_data(&of)[..8], [0x51, 0, 0, 0, 0, 0, 0, 0]);
            assert_eq!(&reference_data(&of)[8..], of.as_bytes());
        }
        assert_eq!(
            reference('p', "Microsoft-Windows-NetFx4-OC-Package~31bf3856ad364e35~amd64~~10.0.17763.1.NetFx4"),
            "p!CBS_microsoft-windows-netfx4-oc-package~31bf3856ad364e35~amd64~~_13acec2cc6eef42a"
        );
    }
}
