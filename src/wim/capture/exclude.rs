//! Which files are left out of a capture: the list in the format that DISM and wimlib read.

use crate::base::{Name, upcase, utf16le_to_string};
use crate::error::{Error, ErrorKind, Result};

/// The files that Windows' own tools leave out.
const WINDOWS: [&str; 9] = [
    r"\$ntfs.log",
    r"\hiberfil.sys",
    r"\pagefile.sys",
    r"\swapfile.sys",
    r"\System Volume Information",
    r"\RECYCLER",
    r"\$RECYCLE.BIN",
    r"\$Recycle.Bin",
    r"\Windows\CSC",
];

/// Sections that say nothing of what is captured.
const IGNORED: [&str; 4] =
    ["PrepopulateList", "CompressionExclusionList", "CompressionFolderList", "AlignmentList"];

/// What is left out. Names are compared without case, as Windows does.
///
/// A pattern that begins with `\` or `/` is a path from the root and stands for all that is below it too; one that does
/// not is a name, wherever it is. `*` is any part of a name, `?` one UTF-16 unit of it.
///
/// ```
/// use wimwright::base::{ImagePath, Name};
/// use wimwright::wim::capture::Exclusions;
///
/// let path = |text: &str| -> wimwright::Result<Vec<Name>> { Ok(ImagePath::parse(text)?.names().to_vec()) };
/// assert!(Exclusions::windows().excludes(&path("pagefile.sys")?));
/// assert!(!Exclusions::none().excludes(&path("pagefile.sys")?));
/// let own = Exclusions::parse(b"[ExclusionList]\n\\logs\n*.tmp\n[ExclusionException]\n\\logs\\keep.tmp\n")?;
/// assert!(own.excludes(&path(r"a\b.tmp")?) && own.excludes(&path(r"logs\a")?));
/// assert!(own.warnings().is_empty());
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusions {
    excluded: Vec<Pattern>,
    exceptions: Vec<Pattern>,
    warnings: Vec<String>,
}

impl Default for Exclusions {
    fn default() -> Self {
        Self::windows()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// Folded to upper case.
    parts: Vec<Vec<u16>>,
    rooted: bool,
}

impl Exclusions {
    /// What Windows' own tools leave out: page and hibernation files, recycle bins, restore points.
    pub fn windows() -> Self {
        let excluded = WINDOWS.iter().filter_map(|text| Pattern::new(text).ok()).map(|(p, _)| p).collect();
        Self { excluded, ..Self::none() }
    }

    /// Nothing is left out.
    pub fn none() -> Self {
        Self { excluded: Vec::new(), exceptions: Vec::new(), warnings: Vec::new() }
    }

    /// Reads a capture configuration: `[ExclusionList]` and `[ExclusionException]`; UTF-8 or UTF-16.
    ///
    /// Other known sections concern how files are compressed or applied and change nothing here.
    pub fn parse(config: &[u8]) -> Result<Self> {
        let utf16 = config.starts_with(&[0xFF, 0xFE]) || matches!(config, [1..=0x7F, 0, ..]);
        let text = if utf16 {
            utf16le_to_string(config)
        } else {
            let bytes = config.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(config);
            let text = std::str::from_utf8(bytes)
                .map_err(|e| Error::malformed("a capture configuration is UTF-8 or UTF-16").with_source(e))?;
            text.to_owned()
        };
        let mut out = Self::none();
        let mut section = Section::Outside;
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with([';', '#']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = Section::named(name);
                if section == Section::Unknown {
                    out.warnings.push(format!("line {number}: the section [{name}] is not known"));
                }
                continue;
            }
            let list = match section {
                Section::Excluded => &mut out.excluded,
                Section::Exceptions => &mut out.exceptions,
                Section::Outside => {
                    out.warnings.push(format!("line {number}: stands in no section"));
                    continue;
                }
                Section::Ignored | Section::Unknown => continue,
            };
            let (pattern, drive) = Pattern::new(unquoted(line)).map_err(|why| {
                Error::new(ErrorKind::InvalidArgument, format!("line {number}: '{line}': {why}"))
            })?;
            if drive {
                out.warnings.push(format!("line {number}: the drive of '{line}' does not count"));
            }
            list.push(pattern);
        }
        Ok(out)
    }

    /// What was passed over in the configuration.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether the entry with this path is left out. What is in a folder that is left out is not asked for.
    pub fn excludes(&self, path: &[Name]) -> bool {
        self.excluded.iter().any(|p| p.matches(path, false))
            && !self.exceptions.iter().any(|p| p.matches(path, true))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Outside,
    Excluded,
    Exceptions,
    Ignored,
    Unknown,
}

impl Section {
    fn named(name: &str) -> Self {
        let is = |other: &&str| name.eq_ignore_ascii_case(other);
        match name {
            _ if is(&"ExclusionList") => Self::Excluded,
            _ if is(&"ExclusionException") => Self::Exceptions,
            _ if IGNORED.iter().any(is) => Self::Ignored,
            _ => Self::Unknown,
        }
    }
}

fn unquoted(line: &str) -> &str {
    let within = |quote: char| line.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(line)
}

impl Pattern {
    /// The pattern, and whether a drive was dropped from its front.
    fn new(text: &str) -> std::result::Result<(Self, bool), &'static str> {
        let separator = |c: char| c == '\\' || c == '/';
        let mut chars = text.chars();
        let drive = chars.next().is_some_and(|c| !separator(c)) && chars.next() == Some(':');
        let rest = if drive { chars.as_str() } else { text };
        let rooted = rest.starts_with(separator);
        if drive && !rooted {
            return Err("a pattern with a drive is a path from its root, as in C:\\x");
        }
        let parts: Vec<Vec<u16>> = rest
            .split(separator)
            .filter(|part| !part.is_empty())
            .map(|part| part.encode_utf16().map(upcase).collect())
            .collect();
        if !rooted && parts.len() > 1 {
            return Err("a pattern of several components begins with a separator");
        }
        Ok((Self { parts, rooted }, drive))
    }

    /// Whether it stands for `path` or for something that `path` lies in; `above`: or for something that lies in
    /// `path`.
    fn matches(&self, path: &[Name], above: bool) -> bool {
        let path = if self.rooted { path } else { &path[path.len().saturating_sub(1)..] };
        let alike = self.parts.iter().zip(path).all(|(part, name)| glob(part, name.units()));
        alike && (self.parts.len() <= path.len() || above)
    }
}

/// Whether a name is one that `pattern` stands for.
fn glob(pattern: &[u16], name: &[u16]) -> bool {
    const ANY: u16 = b'*' as u16;
    const ONE: u16 = b'?' as u16;
    let (mut p, mut n) = (0, 0);
    // The last `*`, and how much of the name it has taken: only that one ever takes more.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(&ANY) => {
                star = Some((p, n));
                p += 1;
            }
            Some(&unit) if unit == ONE || unit == upcase(name[n]) => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                (p, n) = (at + 1, taken + 1);
            }
        }
    }
    pattern[p..].iter().all(|&unit| unit == ANY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Name> {
        text.split('/').filter(|p| !p.is_empty()).map(Name::from).collect()
    }

    #[test]
    fn patterns_stand_for_names_and_paths() {
        let config = "; comment\n[ExclusionList]\n*.TMP\n\"\\a b\\*\"\n/c/d?\nD:\\drive\n\n[ExclusionException]\n\
            \\c\\d1\\keep\\me\n[AlignmentList]\n*\n[Odd]\nx/y\n";
        let rules = Exclusions::parse(config.as_bytes()).unwrap();
        for (name, excluded) in [
            ("/x.tmp", true),
            ("/deep/in/x.Tmp", true),
            ("/x.tmp2", false),
            ("/a b", false),
            ("/a b/c", true),
            ("/c/d1", false),
            ("/c/d1/keep", false),
            ("/c/d1/keep/me", false),
            ("/c/d1/keep/me/too", false),
            ("/c/d1/other", true),
            ("/c/d2", true),
            ("/c/d", false),
            ("/c/d12", false),
            ("/drive", true),
            ("/x/drive", false),
        ] {
            assert_eq!(rules.excludes(&path(name)), excluded, "{name}");
        }
        assert_eq!(rules.warnings().len(), 2, "{:?}", rules.warnings());
        let utf16: Vec<u8> = config.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Exclusions::parse(&utf16).unwrap(), rules);
    }

    #[test]
    fn windows_own_list_leaves_out_what_windows_makes_anew() {
        let rules = Exclusions::default();
        assert!(rules.excludes(&path("/PageFile.sys")) && rules.excludes(&path("/windows/csc")));
        assert!(!rules.excludes(&path("/Users/pagefile.sys")) && !rules.excludes(&path("/Windows")));
        assert!(!Exclusions::none().excludes(&path("/pagefile.sys")));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in ["[ExclusionList]\nc:file", "[ExclusionList]\na/b"] {
            let e = Exclusions::parse(bad.as_bytes()).unwrap_err();
            assert_eq!(e.kind(), ErrorKind::InvalidArgument);
            assert!(e.to_string().contains("line 2"), "{e}");
        }
        assert!(Exclusions::parse(&[b'[', 0xFF, 0xFE]).is_err());
    }

    #[test]
    fn stars_take_no_time() {
        let pattern = "*a".repeat(60) + "b";
        let rules = Exclusions::parse(format!("[ExclusionList]\n{pattern}\n").as_bytes()).unwrap();
        assert!(!rules.excludes(&path(&"a".repeat(250))));
        assert!(rules.excludes(&path(&("a".repeat(240) + "b"))));
    }
}
