//! What of the library's sources is public: functions, and methods of types and traits, that documentation shows.
//! Reads source as rustfmt leaves it, where items begin at the margin and what is in them four spaces in.

#[path = "../layering/scan.rs"]
#[allow(dead_code, reason = "the layers use the rest")]
mod scan;

pub use scan::code_only;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

type Path = Vec<String>;

/// A public function.
pub struct Function {
    /// The module that its type, or itself, is defined in.
    pub module: Path,
    /// The type or trait that it is a method of.
    pub owner: Option<String>,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.module.iter().chain(&self.owner).map(String::as_str).chain([self.name.as_str()]);
        f.write_str(&names.collect::<Vec<_>>().join("::"))
    }
}

/// A source file.
pub struct Source {
    module: Path,
    /// Modules declared in it: name, and whether it is public.
    modules: Vec<(String, bool)>,
    /// What it names with `use`: the path from the crate's root, the name here, and whether it is public.
    uses: Vec<(Path, String, bool)>,
    /// Items defined in it, and whether they are public.
    items: HashMap<String, bool>,
    /// Public functions: the name of the type that they are in, and their own.
    functions: Vec<(Option<String>, String)>,
}

impl Source {
    /// Reads the file of this name below `src`.
    pub fn new(name: &str, text: &str) -> Self {
        let parts = name.trim_end_matches(".rs").split('/').filter(|p| *p != "mod" && *p != "lib");
        let module: Path = parts.map(str::to_owned).collect();
        let code = code_only(text);
        let mut out = Self {
            modules: Vec::new(),
            uses: Vec::new(),
            items: HashMap::new(),
            functions: Vec::new(),
            module,
        };
        for part in code.split(';') {
            let statement =
                part.rfind("\nuse ").max(part.rfind("\npub use ")).max(part.rfind("\npub(crate) use "));
            if let Some(at) = statement {
                let (visibility, tree) = part[at + 1..].split_once("use ").expect("it was found");
                out.add_uses(&tree.split_whitespace().collect::<Vec<_>>().join(" "), visibility == "pub ");
            }
        }
        out.read_items(&code);
        out
    }

    fn read_items(&mut self, code: &str) {
        // The type or trait that is open, and what its methods begin with.
        let mut inside: Option<(Option<String>, &str)> = None;
        for line in code.lines() {
            if line.starts_with('}') {
                inside = None;
            }
            let public = line.strip_prefix("pub ");
            let rest =
                public.or_else(|| line.split_once(") ").filter(|_| line.starts_with("pub(")).map(|l| l.1));
            let rest = rest.unwrap_or(line).trim_start_matches("unsafe ");
            let (public, rest) =
                (public.is_some(), rest.strip_prefix("const fn").map_or(rest, |_| &rest[6..]));
            let word = rest.split(' ').next().unwrap_or_default();
            match word {
                "mod" if rest.ends_with(';') => self.modules.push((after(rest, "mod "), public)),
                "struct" | "enum" | "trait" | "type" | "union" => {
                    let name = after(rest, &format!("{word} "));
                    if word == "trait" && line.ends_with('{') {
                        inside = Some((Some(name.clone()), "    fn "));
                    }
                    self.items.insert(name, public);
                }
                "fn" => {
                    let name = after(rest, "fn ");
                    if public {
                        self.functions.push((None, name.clone()));
                    }
                    self.items.insert(name, public);
                }
                _ if rest.starts_with("impl") && !rest.contains(" for ") => {
                    inside = implemented(rest).map(|name| (Some(name), "    pub "));
                }
                _ => {}
            }
            if let Some((owner, start)) = &inside
                && let Some(rest) = line.strip_prefix(start)
            {
                let rest = rest.trim_start_matches("const ").trim_start_matches("unsafe ");
                let name = if start.ends_with("fn ") { Some(rest) } else { rest.strip_prefix("fn ") };
                self.functions.extend(name.map(|name| (owner.clone(), word_of(name))));
            }
        }
    }

    fn add_uses(&mut self, tree: &str, public: bool) {
        if let Some((head, rest)) = tree.split_once('{') {
            let inner = rest.strip_suffix('}').unwrap_or(rest);
            let (mut depth, mut start) = (0, 0);
            for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
                depth += i32::from(c == '{') - i32::from(c == '}');
                if c == ',' && depth == 0 {
                    let part = inner[start..at].trim();
                    if !part.is_empty() {
                        self.add_uses(&format!("{head}{part}"), public);
                    }
                    start = at + 1;
                }
            }
            return;
        }
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(p, a)| (p, Some(a)));
        let mut path: Path = path.split("::").map(|p| p.trim().to_owned()).collect();
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let absolute: Path = if path.first().is_some_and(|first| first == "crate") {
            path[1..].to_vec()
        } else {
            let up = path.iter().take_while(|p| *p == "super").count();
            let from = self.module.len().saturating_sub(up);
            let down = path.iter().skip(up).filter(|p| *p != "self").cloned();
            self.module[..from].iter().cloned().chain(down).collect()
        };
        if let Some(last) = absolute.last().cloned() {
            self.uses.push((absolute, alias.unwrap_or(&last).to_owned(), public));
        }
    }
}

/// The name at the front of what follows `keyword`.
fn after(rest: &str, keyword: &str) -> String {
    word_of(rest.strip_prefix(keyword).unwrap_or_default())
}

fn word_of(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The type of `impl<'a> Type<'a> {`.
fn implemented(line: &str) -> Option<String> {
    let mut rest = line.strip_prefix("impl")?;
    if rest.starts_with('<') {
        let mut depth = 0;
        let end = rest.find(|c| {
            depth += i32::from(c == '<') - i32::from(c == '>');
            depth == 0
        })?;
        rest = &rest[end + 1..];
    }
    Some(word_of(rest.trim_start())).filter(|name| !name.is_empty())
}

/// The public functions of these files.
pub fn functions(sources: &[Source]) -> Vec<Function> {
    let mut shown: BTreeSet<Path> = BTreeSet::new();
    let mut pending = vec![Path::new()];
    while let Some(module) = pending.pop() {
        for source in sources.iter().filter(|s| s.module == module) {
            let join = |name: &String| module.iter().chain([name]).cloned().collect::<Path>();
            pending.extend(source.modules.iter().filter(|(_, public)| *public).map(|(name, _)| join(name)));
            shown.extend(source.items.iter().filter(|(_, public)| **public).map(|(name, _)| join(name)));
            for (path, _, _) in source.uses.iter().filter(|(_, _, public)| *public) {
                shown.extend(defined(sources, path, 0));
            }
        }
    }
    let mut out = Vec::new();
    for source in sources {
        for (owner, name) in &source.functions {
            let item = owner.as_ref().unwrap_or(name);
            let path: Path = source.module.iter().chain([item]).cloned().collect();
            for found in defined(sources, &path, 0).into_iter().filter(|found| shown.contains(found)) {
                let module = found[..found.len() - 1].to_vec();
                out.push(Function { module, owner: owner.clone(), name: name.clone() });
            }
        }
    }
    out
}

/// Where the item is defined that a path names, through whatever `use` leads there. Several where it is defined for several
/// systems.
fn defined(sources: &[Source], path: &[String], depth: usize) -> BTreeSet<Path> {
    let Some((name, module)) = path.split_last().filter(|_| depth < 8) else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    for source in sources.iter().filter(|s| s.module == module) {
        if source.items.contains_key(name) {
            found.insert(path.to_vec());
            continue;
        }
        for (to, _, _) in source.uses.iter().filter(|(to, alias, _)| alias == name && to != path) {
            found.extend(defined(sources, to, depth + 1));
        }
    }
    found
}
