//! Keyforms: the names of components and deployments in the component store, computed from their identity.
//!
//! ```
//! use wimwright::cbs::{Identity, keyform};
//!
//! let identity = Identity::parse("Microsoft-Windows-ServicingStack~31bf3856ad364e35~amd64~~10.0.19041.1")?;
//! let identity = Identity { version_scope: "nonSxS".into(), ..identity };
//! let folder = "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_10.0.19041.1_none_bf506ecc66a800df";
//! assert_eq!(keyform::component(&identity), folder);
//! let winners = "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_none_4a207b402ad93a1c";
//! assert_eq!(keyform::family(&identity), winners);
//! assert!(keyform::deployment(&identity).starts_with("microsoft-w..vicingstack_31bf3856ad364e35_10.0.19041.1_"));
//! assert_eq!(keyform::name_hash("windows.media.speech.uxres.dll"), 0xBE56_91EA_15F3_1DE0);
//! # Ok::<(), wimwright::Error>(())
//! ```

use super::Identity;

/// The modulus-free multiplier of both the inner and the outer hash.
const K: u64 = 0x1_FFFF_FFF7;

/// The directory and manifest name of a component:
/// `architecture_name_token_version_language_hash`.
pub fn component(identity: &Identity) -> String {
    format!(
        "{}_{}_{}_{}_{}_{:016x}",
        display(&identity.architecture),
        short(&display(&identity.name), 40),
        token(identity),
        identity.version,
        language(identity),
        hash(identity, true)
    )
}

/// The name under which all versions of a component are kept (`Winners`, `ComponentFamilies`): as
/// [`component`], without the version.
pub fn family(identity: &Identity) -> String {
    format!(
        "{}_{}_{}_{}_{:016x}",
        display(&identity.architecture),
        short(&display(&identity.name), 40),
        token(identity),
        language(identity),
        hash(identity, false)
    )
}

/// The key of a deployment: `name_token_version_hash`.
pub fn deployment(identity: &Identity) -> String {
    format!(
        "{}_{}_{}_{:016x}",
        short(&display(&identity.name), 24),
        token(identity),
        identity.version,
        hash(identity, true)
    )
}

/// The hash that the COMPONENTS hive appends to value names that it cuts short.
pub fn name_hash(text: &str) -> u64 {
    let mut lanes = [0_u32; 4];
    for (i, byte) in text.bytes().enumerate() {
        let lane = &mut lanes[i % 4];
        *lane = lane.wrapping_mul(0x1003F).wrapping_add(byte.to_ascii_lowercase().into());
    }
    lanes.iter().fold(0, |h: u64, &lane| h.wrapping_mul(K).wrapping_add(lane.into()))
}

fn hash(identity: &Identity, with_version: bool) -> u64 {
    let version = if with_version { identity.version.to_string() } else { String::new() };
    let parts = [
        ("name", identity.name.as_str()),
        ("culture", &identity.language),
        ("type", &identity.kind),
        ("version", &version),
        ("publicKeyToken", &identity.public_key_token),
        ("processorArchitecture", &identity.architecture),
        ("versionScope", &identity.version_scope),
    ];
    parts.iter().filter(|(_, value)| !value.is_empty()).fold(0, |key: u64, (name, value)| {
        let part = name_hash(name).wrapping_mul(K).wrapping_add(name_hash(value));
        key.wrapping_mul(K).wrapping_add(part)
    })
}

fn display(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c));
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

fn token(identity: &Identity) -> String {
    if identity.public_key_token.is_empty() { "none".into() } else { display(&identity.public_key_token) }
}

fn language(identity: &Identity) -> String {
    if identity.language.is_empty() { "none".into() } else { short(&display(&identity.language), 8) }
}

/// `text`, which is ASCII by now, cut in its middle to `n` characters.
fn short(text: &str, n: usize) -> String {
    if text.len() <= n {
        return text.to_owned();
    }
    let side = n / 2 - 1;
    format!("{}..{}", &text[..side], &text[text.len() - side..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_of_one_identity() {
        let id = Identity {
            version_scope: "nonSxS".into(),
            ..Identity::parse("Microsoft-Windows-ServicingStack~31bf3856ad364e35~amd64~neutral~10.0.19041.1")
                .unwrap()
        };
        assert_eq!(
            component(&id),
            "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_10.0.19041.1_none_bf506ecc66a800df"
        );
        assert_eq!(
            family(&id),
            "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_none_4a207b402ad93a1c"
        );
        assert!(deployment(&id).starts_with("microsoft-w..vicingstack_31bf3856ad364e35_10.0.19041.1_"));
        assert_eq!(format!("{:016x}", name_hash("windows.media.speech.uxres.dll")), "be5691ea15f31de0");
    }

    #[test]
    fn any_text_makes_a_name() {
        let id = Identity { name: "Ä~ (x)\u{1F600}".into(), ..Identity::default() };
        assert!(component(&id).starts_with("_x_none_0.0.0.0_none_"));
    }
}
