//! Standard output: text or one JSON document, and no panic when the reader goes away.

use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

/// Where results go. A reader that closes the pipe ends the output, not the work.
pub struct Output {
    out: BufWriter<StdoutLock<'static>>,
    json: bool,
    /// The command, whose name the document's schema has.
    command: String,
    printed: bool,
    error: Option<io::Error>,
}

impl Output {
    /// Standard output of this command; `json` as the flag says.
    pub fn new(command: String, json: bool) -> Self {
        let out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
        Self { out, json, command, printed: false, error: None }
    }

    /// Whether a JSON document is wanted.
    pub fn json(&self) -> bool {
        self.json
    }

    /// Whether nobody reads any more, so that a command that only prints can stop.
    pub fn closed(&self) -> bool {
        self.error.is_some()
    }

    /// Prints the one document.
    pub fn document(&mut self, document: &impl Serialize) {
        self.printed = true;
        let name = std::mem::take(&mut self.command);
        let written = wimwright::base::write_document(&mut self.out, &name, document, true);
        self.command = name;
        self.keep(written);
        self.bytes(b"\n");
    }

    /// Prints the document of an error, where one is wanted and none has been printed.
    pub fn failure(&mut self, document: &impl Serialize) {
        if self.json && !self.printed {
            "error".clone_into(&mut self.command);
            self.document(document);
        }
    }

    /// Prints a line of text; control characters in it are escaped.
    pub fn line(&mut self, line: impl fmt::Display) {
        let line = line.to_string();
        self.bytes(printable(&line).as_bytes());
        self.bytes(b"\n");
    }

    /// Prints lines that are made here and hold nothing from a file but what was escaped already.
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.error.is_none() {
            let written = self.out.write_all(bytes);
            self.keep(written);
        }
    }

    /// Sends what is buffered now, for who reads while the work goes on.
    pub fn flush_now(&mut self) {
        if self.error.is_none() {
            let flushed = self.out.flush();
            self.keep(flushed);
        }
    }

    fn keep(&mut self, written: io::Result<()>) {
        if let Err(e) = written {
            self.error.get_or_insert(e);
        }
    }

    /// Sends what is buffered, before the command ends.
    pub fn flush(&mut self) {
        if self.error.is_none() {
            let flushed = self.out.flush();
            self.keep(flushed);
        }
    }

    /// Sends what is buffered. A reader that went away is no error.
    pub fn close(&mut self) -> io::Result<()> {
        self.flush();
        match self.error.take() {
            Some(e) if e.kind() != ErrorKind::BrokenPipe => Err(e),
            _ => Ok(()),
        }
    }
}

impl Write for Output {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.bytes(buf);
        if self.error.is_some() { Err(ErrorKind::BrokenPipe.into()) } else { Ok(buf.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `text` with control characters escaped.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(escape).collect())
}

/// How many of what: `1 file`, `2 files`.
pub fn count(n: impl Into<u64>, what: &str) -> String {
    let n = n.into();
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// A size for people: `1.4 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit < UNITS.len() - 1 {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}
