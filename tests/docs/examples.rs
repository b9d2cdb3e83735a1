//! The code blocks of documentation, and which functions they call.

use crate::surface::{Function, code_only};

/// A code block that `cargo test --doc` compiles.
pub struct Example {
    /// Its code, without comments and texts.
    code: String,
    /// Whether it is run too.
    pub runs: bool,
}

/// The code blocks in the documentation of a source file, or in a Markdown file.
pub fn examples(name: &str, text: &str) -> Vec<Example> {
    let source = name.ends_with(".rs");
    let mut found = Vec::new();
    let mut open: Option<(Option<bool>, String)> = None;
    for line in text.lines() {
        let line = line.trim();
        let doc = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let content = match doc {
            Some(doc) => doc.strip_prefix(' ').unwrap_or(doc),
            None if !source => line,
            // Lines that a file gives, `#[doc = include_str!(..)]`, stand between others.
            None if line.starts_with("#[doc") || line.starts_with("#![doc") => continue,
            None => {
                open = None;
                continue;
            }
        };
        if let Some(info) = content.trim_start().strip_prefix("```") {
            open = match open.take() {
                None => Some((runs(info), String::new())),
                Some((runs, code)) => {
                    found.extend(runs.map(|runs| Example { code: code_only(&code), runs }));
                    None
                }
            };
        } else if let Some((_, code)) = &mut open {
            // A line that is not shown begins with `# `.
            code.push_str(content.strip_prefix("# ").unwrap_or(content));
            code.push('\n');
        }
    }
    found
}

/// Whether a block with this information is run; `None` where it is not compiled.
fn runs(info: &str) -> Option<bool> {
    let words: Vec<&str> = info.split(',').map(str::trim).filter(|w| !w.is_empty()).collect();
    let known = |word: &&str| ["rust", "no_run", "should_panic"].contains(word);
    words.iter().all(known).then(|| !words.contains(&"no_run"))
}

impl Example {
    /// Whether the function is called here: a method by its name, in a block that names its type.
    pub fn calls(&self, function: &Function) -> bool {
        let name = function.name.as_str();
        let Some(owner) = &function.owner else {
            return self.words(name).any(|(before, after)| is_call(after) && !before.ends_with(['.', ':']))
                || self.words(name).any(|(before, after)| is_call(after) && before.ends_with("::"));
        };
        let made = self.words(name).any(|(before, after)| {
            before.ends_with(&format!("{owner}::"))
                || is_call(after) && (before.ends_with('.') || before.ends_with("fn "))
        });
        made && self.words(owner).next().is_some()
    }

    /// What stands before and after each place of a word.
    fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        self.code.match_indices(word).filter_map(move |(at, _)| {
            let (before, after) = (&self.code[..at], &self.code[at + word.len()..]);
            (!before.ends_with(inside) && !after.starts_with(inside)).then_some((before, after))
        })
    }
}

/// Whether arguments follow, behind types or not.
fn is_call(after: &str) -> bool {
    after.starts_with('(') || after.starts_with("::<")
}
