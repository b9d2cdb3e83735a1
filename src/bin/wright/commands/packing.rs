//! How a new file packs its contents: flags that several commands take.

use std::str::FromStr;
use wimwright::codec::wimlib::Compression;
use wimwright::wim::write::ExportOptions;

/// How the new file is packed.
#[derive(clap::Args)]
pub struct Packing {
    /// Compress with none, xpress, lzx or lzms, and a level (20 fast, 50 wimlib's default, 100 thorough) as in lzx:50
    /// [default: as the source]
    #[arg(long, value_name = "KIND[:LEVEL]")]
    compress: Option<Kind>,
    /// Bytes of a chunk, as in 32K or 64M
    #[arg(long, value_name = "SIZE")]
    chunk_size: Option<ChunkSize>,
    /// Pack the contents together, as in an ESD: smaller and slower
    #[arg(long)]
    solid: bool,
    /// Compress even what is stored the same way already
    #[arg(long)]
    recompress: bool,
    /// Add an integrity table
    #[arg(long)]
    check: bool,
}

impl Packing {
    /// The same for the library.
    pub fn options(&self) -> ExportOptions {
        let mut options = ExportOptions::new();
        options.compression = self.compress.as_ref().map(|k| k.kind);
        options.level = self.compress.as_ref().and_then(|k| k.level);
        options.chunk_size = self.chunk_size.as_ref().map(|s| s.0);
        options.solid = self.solid;
        options.recompress = self.recompress;
        options.integrity = self.check.then_some(true);
        options
    }
}

#[derive(Clone)]
struct Kind {
    kind: Compression,
    level: Option<u32>,
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, level) = text.split_once(':').map_or((text, None), |(n, l)| (n, Some(l)));
        let kind = match name.to_ascii_lowercase().as_str() {
            "none" => Compression::None,
            "xpress" | "fast" => Compression::Xpress,
            "lzx" | "maximum" => Compression::Lzx,
            "lzms" | "recovery" => Compression::Lzms,
            _ => return Err(format!("'{name}' is not none, xpress, lzx or lzms")),
        };
        let known = |text: &str| text.parse().ok().filter(|n| (1..=1000).contains(n));
        let level = match level {
            Some(text) => Some(known(text).ok_or_else(|| format!("'{text}' is no level from 1 to 1000"))?),
            None => None,
        };
        Ok(Self { kind, level })
    }
}

#[derive(Clone)]
struct ChunkSize(u32);

impl FromStr for ChunkSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (digits, unit) = match text.char_indices().last() {
            Some((at, 'k' | 'K')) => (&text[..at], 1 << 10),
            Some((at, 'm' | 'M')) => (&text[..at], 1 << 20),
            _ => (text, 1),
        };
        let size = digits.parse::<u32>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0);
        size.map(Self).ok_or_else(|| format!("'{text}' is no size such as 32768, 32K or 64M"))
    }
}
