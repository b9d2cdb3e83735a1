//! Reads Rust source just far enough to know which `crate::…` and `super::…` paths it names.

/// A path that a file names, from the root of the crate.
#[derive(Debug)]
pub struct Reference {
    /// The line, from 1.
    pub line: usize,
    /// The components after `crate`.
    pub path: Vec<String>,
}

/// The source with comments, strings and character literals blanked; lines stay where they are.
pub fn code_only(source: &str) -> String {
    let s: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut i = 0;
    let blank = |out: &mut String, part: &[char]| {
        out.extend(part.iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
    };
    while i < s.len() {
        let rest = &s[i..];
        let word_before = i > 0 && (s[i - 1].is_alphanumeric() || s[i - 1] == '_');
        let len = match rest {
            ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => quoted(rest),
            ['r', '"' | '#', ..] | ['b', 'r', '"' | '#', ..] if !word_before => raw_string(rest),
            ['\'', '\\', ..] => 3 + rest[3..].iter().position(|c| *c == '\'').map_or(0, |n| n + 1),
            ['\'', _, '\'', ..] => 3,
            _ => 0,
        };
        if len == 0 {
            out.push(s[i]);
            i += 1;
        } else {
            blank(&mut out, &s[i..(i + len).min(s.len())]);
            i += len;
        }
    }
    out
}

fn block_comment(s: &[char]) -> usize {
    let (mut i, mut depth) = (0, 0);
    while i < s.len() {
        match s[i..] {
            ['/', '*', ..] => {
                depth += 1;
                i += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                i += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => i += 1,
        }
    }
    i
}

fn quoted(s: &[char]) -> usize {
    let mut i = 1;
    while i < s.len() && s[i] != '"' {
        i += if s[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn raw_string(s: &[char]) -> usize {
    let start = if s[0] == 'b' { 2 } else { 1 };
    let hashes = s[start..].iter().take_while(|c| **c == '#').count();
    if s.get(start + hashes) != Some(&'"') {
        return 0; // a raw identifier
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = start + hashes + 1;
    s[body..].windows(end.len()).position(|w| w == end).map_or(s.len(), |n| body + n + end.len())
}

/// Whether code (see [`code_only`]) declares `name` for this crate only.
pub fn declares_private(code: &str, name: &str) -> bool {
    let tokens: Vec<String> = tokens(code).into_iter().map(|(_, t)| t).collect();
    tokens.windows(7).any(|w| {
        let item =
            ["fn", "struct", "enum", "const", "static", "type", "trait", "mod"].contains(&w[4].as_str());
        w[..4] == ["pub", "(", "crate", ")"] && (item && w[5] == name || w[4] == "const" && w[6] == name)
    })
}

fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut line = 1;
    let mut joined = false;
    for c in code.chars() {
        let word = c.is_alphanumeric() || c == '_';
        match out.last_mut() {
            Some((_, last)) if word && joined => last.push(c),
            Some((_, last)) if c == ':' && last == ":" && !joined => last.push(c),
            _ if c.is_whitespace() => {}
            _ => out.push((line, c.to_string())),
        }
        joined = word;
        line += usize::from(c == '\n');
    }
    // `r#name` is `name`.
    let mut i = 0;
    while i + 2 < out.len() {
        if out[i].1 == "r" && out[i + 1].1 == "#" {
            out.drain(i..i + 2);
        }
        i += 1;
    }
    out
}

/// Every path from `crate` or through `super` to the root that `source`, the module `module`, names. Groups are
/// opened; `*` is a component of its own.
pub fn references(source: &str, module: &[String]) -> Vec<Reference> {
    let tokens = tokens(&code_only(source));
    let mut found = Vec::new();
    let mut inline: Vec<usize> = Vec::new(); // brace depth at which each inline module began
    let mut depth = 0;
    let mut i = 0;
    while i < tokens.len() {
        let (line, text) = &tokens[i];
        let continues = i > 0 && tokens[i - 1].1 == "::";
        match text.as_str() {
            "{" => {
                if i >= 2 && tokens[i - 2].1 == "mod" {
                    inline.push(depth);
                }
                depth += 1;
            }
            "}" => {
                depth -= 1;
                if inline.last() == Some(&depth) {
                    inline.pop();
                }
            }
            "crate" if !continues && next(&tokens, i) == "::" => {
                follow(&tokens, &mut (i + 2), &mut Vec::new(), *line, &mut found);
            }
            "super" if !continues => {
                let (mut at, mut up) = (i, 0);
                while tokens.get(at).is_some_and(|t| t.1 == "super") && next(&tokens, at) == "::" {
                    up += 1;
                    at += 2;
                }
                // From the module itself: each `super` drops one; inline modules lie below the file's own.
                if up > 0 && up >= module.len() + inline.len() {
                    follow(&tokens, &mut at, &mut Vec::new(), *line, &mut found);
                }
            }
            _ => {}
        }
        i += 1;
    }
    found
}

fn next(tokens: &[(usize, String)], i: usize) -> &str {
    tokens.get(i + 1).map_or("", |t| &t.1)
}

fn follow(
    tokens: &[(usize, String)],
    at: &mut usize,
    path: &mut Vec<String>,
    line: usize,
    found: &mut Vec<Reference>,
) {
    let Some((_, text)) = tokens.get(*at) else { return };
    if text == "{" {
        *at += 1;
        while tokens.get(*at).is_some_and(|t| t.1 != "}") {
            let line = tokens[*at].0;
            follow(tokens, at, &mut path.clone(), line, found);
            // Past `as name` and the comma.
            while tokens.get(*at).is_some_and(|t| t.1 != "," && t.1 != "}") {
                *at += 1;
            }
            *at += usize::from(tokens.get(*at).is_some_and(|t| t.1 == ","));
        }
        *at += 1;
        return;
    }
    path.push(text.clone());
    *at += 1;
    if tokens.get(*at).is_some_and(|t| t.1 == "::") {
        *at += 1;
        follow(tokens, at, path, line, found);
    } else {
        found.push(Reference { line, path: std::mem::take(path) });
    }
}
