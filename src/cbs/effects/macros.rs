//! The `$(runtime.…)` macros of manifests: the folders that they stand for.
//!
//! Names: Microsoft's list of what `destinationDir` may begin with (Windows 10 manufacturing documentation, "Primary
//! elements and attributes of a Windows universal driver/OS component file") and the macros of the Windows kit's
//! `pkggen.cfg.xml`, which also gives the folders of some. The others are where Windows itself keeps what real manifests
//! put there, and what Wine's `wusa` takes them for. The 32-bit folders are those of "File System Redirector". A name of
//! the list whose folder no source gives (`mui`, `apps`, `sharedData`, `documentSettings`) is not known here.

use crate::base::ImagePath;
use crate::cbs::Architecture;
use crate::error::{Error, Result};

/// How a component sees the image: by its own processor architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// As the image itself.
    Native,
    /// As 32-bit x86 on a 64-bit image.
    X86,
    /// As 32-bit ARM on a 64-bit image.
    Arm,
}

impl View {
    /// The view of a component of this architecture; `None` where the image runs no such code.
    pub fn of(component: &str, image: Architecture) -> Option<Self> {
        let component = component.to_ascii_lowercase();
        match (component.as_str(), image) {
            ("" | "neutral" | "msil", _) => Some(Self::Native),
            (own, _) if own == image.name() => Some(Self::Native),
            ("x86" | "wow64", Architecture::Amd64 | Architecture::Arm64 | Architecture::Ia64) => {
                Some(Self::X86)
            }
            ("arm", Architecture::Arm64) => Some(Self::Arm),
            _ => None,
        }
    }

    fn system32(self) -> &'static str {
        match self {
            Self::Native => r"Windows\System32",
            Self::X86 => r"Windows\SysWOW64",
            Self::Arm => r"Windows\SysArm32",
        }
    }

    fn program_files(self) -> &'static str {
        match self {
            Self::Native => "Program Files",
            Self::X86 => "Program Files (x86)",
            Self::Arm => "Program Files (Arm)",
        }
    }
}

/// The folder below the root of the system's drive that a macro stands for; `None` for a name that is not known.
fn folder(name: &str, view: View) -> Option<String> {
    let below = |base: &str, rest: &str| Some(format!(r"{base}\{rest}"));
    let fixed = |path: &str| Some(path.to_owned());
    let own = name.get(..8).filter(|n| n.eq_ignore_ascii_case("runtime.")).map(|_| &name[8..])?;
    match own.to_ascii_lowercase().as_str() {
        "root" | "bootdrive" | "systemdrive" => fixed(""),
        "windows" | "windir" | "systemroot" => fixed("Windows"),
        "system32" | "services" => fixed(view.system32()),
        "drivers" => below(view.system32(), "drivers"),
        "wbem" => below(view.system32(), "wbem"),
        "syswow64" => fixed(r"Windows\SysWOW64"),
        "system" => fixed(r"Windows\System"),
        "inf" => fixed(r"Windows\INF"),
        "help" => fixed(r"Windows\Help"),
        "fonts" => fixed(r"Windows\Fonts"),
        "apppatch" => fixed(r"Windows\AppPatch"),
        "programfiles" => fixed(view.program_files()),
        "commonfiles" => below(view.program_files(), "Common Files"),
        "programfilesx86" => fixed(View::X86.program_files()),
        "commonfilesx86" => below(View::X86.program_files(), "Common Files"),
        "programdata" => fixed("ProgramData"),
        "startmenu" => fixed(r"ProgramData\Microsoft\Windows\Start Menu"),
        "provisioning" => fixed(r"ProgramData\Microsoft\Provisioning"),
        "clipapplicenseinstall" => fixed(r"ProgramData\Microsoft\Windows\ClipSVC\Install\Apps"),
        "userprofile" => fixed(r"Users\Default"),
        "public" => fixed(r"Users\Public"),
        _ => None,
    }
}

/// The path in the image that a destination names, which begins with a macro.
pub fn image_path(text: &str, view: View) -> Result<ImagePath> {
    let (name, rest) = text.trim().strip_prefix("$(").and_then(|t| t.split_once(')')).ok_or_else(|| {
        Error::unsupported(format!("the destination '{text}' does not begin with a $(runtime.…) macro"))
    })?;
    let folder = folder(name, view).ok_or_else(|| unknown(name))?;
    let path = ImagePath::parse(&format!(r"{folder}\{rest}"))?;
    match path.names().iter().find(|n| n.to_string().contains(['$', ':', '*', '?', '"', '<', '>', '|'])) {
        Some(bad) => Err(Error::unsupported(format!("the destination '{text}' has the name '{bad}'"))),
        None => Ok(path),
    }
}

/// The text with its macros replaced by paths as a running Windows names them, on `drive` (`C:`).
pub fn expand(text: &str, view: View, drive: &str) -> Result<String> {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("$(") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let name = from[2..].split_once(')').map(|(name, _)| name);
        let is_name = |n: &&str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        if let Some(name) = name.filter(is_name) {
            let folder = folder(name, view).ok_or_else(|| unknown(name))?;
            out.push_str(drive);
            if !folder.is_empty() {
                out.push('\\');
                out.push_str(&folder);
            }
            rest = &from[2 + name.len() + 1..];
        } else {
            out.push_str("$(");
            rest = &from[2..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn unknown(name: &str) -> Error {
    Error::unsupported(format!("the macro '$({name})' is not known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_macro_in_each_view() {
        let path = |text: &str, view| image_path(text, view).unwrap().to_string();
        for (text, native, x86) in [
            (r"$(runtime.system32)\a", r"\Windows\System32\a", r"\Windows\SysWOW64\a"),
            (r"$(runtime.drivers)\", r"\Windows\System32\drivers", r"\Windows\SysWOW64\drivers"),
            (r"$(runtime.wbem)", r"\Windows\System32\wbem", r"\Windows\SysWOW64\wbem"),
            (r"$(RUNTIME.ProgramFiles)\x\\y", r"\Program Files\x\y", r"\Program Files (x86)\x\y"),
            (r"$(runtime.commonFiles)", r"\Program Files\Common Files", r"\Program Files (x86)\Common Files"),
            (r"$(runtime.inf)", r"\Windows\INF", r"\Windows\INF"),
            (r"$(runtime.bootDrive)\sources", r"\sources", r"\sources"),
            (r"$(runtime.windows)", r"\Windows", r"\Windows"),
            (r"$(runtime.sysWow64)", r"\Windows\SysWOW64", r"\Windows\SysWOW64"),
            (r"$(runtime.programFilesX86)", r"\Program Files (x86)", r"\Program Files (x86)"),
            (r"$(runtime.programData)", r"\ProgramData", r"\ProgramData"),
            (
                r"$(runtime.startMenu)\P",
                r"\ProgramData\Microsoft\Windows\Start Menu\P",
                r"\ProgramData\Microsoft\Windows\Start Menu\P",
            ),
            (r"$(runtime.userProfile)", r"\Users\Default", r"\Users\Default"),
            (r"$(runtime.fonts)", r"\Windows\Fonts", r"\Windows\Fonts"),
        ] {
            assert_eq!(
                (path(text, View::Native).as_str(), path(text, View::X86).as_str()),
                (native, x86),
                "{text}"
            );
        }
        assert_eq!(path("$(runtime.system32)", View::Arm), r"\Windows\SysArm32");
        for bad in [
            r"C:\a",
            "$(runtime.what)",
            "$(build.nttree)",
            "a",
            "",
            r"$(runtime.windows)\..\x",
            r"$(runtime.windows)\$(runtime.inf)",
            r"$(runtime.windows)\a:b",
            "$(runt",
        ] {
            assert!(image_path(bad, View::Native).is_err(), "{bad}");
        }
    }

    #[test]
    fn data_names_what_a_running_windows_would() {
        let of = |text| expand(text, View::Native, "C:").unwrap();
        assert_eq!(of(r"$(runtime.system32)\a.dll,-1"), r"C:\Windows\System32\a.dll,-1");
        assert_eq!(of(r"x $(runtime.bootDrive)\a;$(runtime.inf)"), r"x C:\a;C:\Windows\INF");
        assert_eq!(of(r"$(not a macro) $( $() %SystemRoot%"), r"$(not a macro) $( $() %SystemRoot%");
        assert_eq!(expand("$(runtime.system32)", View::X86, "X:").unwrap(), r"X:\Windows\SysWOW64");
        assert!(expand("a$(string.b)", View::Native, "C:").is_err());
    }

    #[test]
    fn views_are_of_architectures() {
        let of = |component, image| View::of(component, image);
        assert_eq!(of("wow64", Architecture::Amd64), Some(View::X86));
        assert_eq!(of("X86", Architecture::Amd64), Some(View::X86));
        assert_eq!(of("x86", Architecture::X86), Some(View::Native));
        assert_eq!(of("msil", Architecture::X86), Some(View::Native));
        assert_eq!(of("arm", Architecture::Arm64), Some(View::Arm));
        assert_eq!((of("amd64", Architecture::X86), of("arm64.arm", Architecture::Arm64)), (None, None));
    }
}
