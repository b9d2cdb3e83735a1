//! The site's log: one line for each event, `TIME LEVEL PHASE key="value"... MESSAGE`, made for grep.

use super::clock;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

/// Where the lines go. Each is appended in one write, so that those of several processes do not mix.
pub(super) struct Log {
    path: PathBuf,
}

impl Log {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What was done.
    pub fn info(&self, phase: &str, values: &[(&str, &str)], message: &str) {
        self.line("INFO ", phase, values, message);
    }

    /// What failed.
    pub fn error(&self, phase: &str, values: &[(&str, &str)], message: &str) {
        self.line("ERROR", phase, values, message);
    }

    fn line(&self, level: &str, phase: &str, values: &[(&str, &str)], message: &str) {
        let mut line = format!("{} {level} {phase:<10}", clock::now());
        for (key, value) in values {
            let _ = write!(line, " {key}=\"{}\"", clean(value));
        }
        let _ = writeln!(line, " {}", clean(message));
        // A log that cannot be written does not stop the work; the database has the record.
        if let Ok(mut file) = OpenOptions::new().append(true).create(true).open(&self.path) {
            let _ = file.write_all(line.as_bytes());
        }
    }
}

/// Names come from files: a line stays one line.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() {
                ' '
            } else if c == '"' {
                '\''
            } else {
                c
            }
        })
        .collect()
}
