//! How a new WIM stores its resources.

use super::resource::Format;
use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::commit::{self, default_level};
use crate::wim::file::WimFile;
use crate::wim::resource::Layout;

/// Chunks of a new solid resource, as Microsoft's and wimlib's tools make them.
const SOLID_CHUNK: usize = 64 << 20;
/// wimlib's own level: what is packed once and read often may take its time.
const SOLID_LEVEL: u32 = 50;

/// How images are written to a new WIM.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ExportOptions {
    /// How contents are compressed. `None`: as in the source, or with LZX where that is solid and the result is not.
    pub compression: Option<Compression>,
    /// Compression level on wimlib's scale (30 fast, 50 wimlib's default, 100 thorough).
    pub level: Option<u32>,
    /// Bytes of a chunk, of a solid resource's where `solid` is set. `None`: the source's own where the compression
    /// is the same, else what Microsoft's tools use.
    pub chunk_size: Option<u32>,
    /// Pack the contents together, as in an ESD: smaller, slower, and read by fewer tools.
    pub solid: bool,
    /// Whether there is an integrity table; `None` as in the source.
    pub integrity: Option<bool>,
    /// Compress even what is stored the same way already.
    pub recompress: bool,
    /// Replace the destination where it exists; otherwise that is an error, unless `append` is set.
    pub replace: bool,
    /// Add the images to the destination where it exists, behind those that it has. Contents that it has already are
    /// not written again; what is written takes its compression and chunk size.
    pub append: bool,
    /// What the one image that is exported is called from now on.
    pub name: Option<String>,
    /// What it is described as from now on.
    pub description: Option<String>,
    /// The 16 bytes that name the new WIM; `None` for random ones.
    pub guid: Option<[u8; 16]>,
    /// WIMs whose blobs are left out: what is written is a delta that can be read with them as references.
    pub delta_from: Vec<WimFile>,
    /// Threads that compress; `None` for all cores.
    pub threads: Option<usize>,
}

impl ExportOptions {
    /// The defaults: everything as in the source.
    pub fn new() -> Self {
        Self::default()
    }
}

/// How a new WIM stores its resources.
#[derive(Clone, Copy, Debug)]
pub(in crate::wim) struct Form {
    /// Metadata, and contents where they are not solid.
    pub(in crate::wim) plain: Format,
    /// New solid resources.
    pub(in crate::wim) solid: Option<Format>,
    /// Solid resources of the source are taken over whatever their chunk size.
    pub(super) any_chunk: bool,
}

impl Form {
    /// What the options mean for this source. `keep` keeps it solid where it is.
    pub(super) fn new(wim: &WimFile, options: &ExportOptions, keep: bool) -> Result<Self> {
        let source = wim.header().compression()?;
        let solid = options.solid || (keep && wim.is_solid() && options.compression.is_none());
        let kind = match options.compression {
            Some(kind) => kind,
            None if solid => solid_kind(wim).unwrap_or(Compression::Lzms),
            None if wim.is_solid() => Compression::Lzx,
            None => source,
        };
        let own = (kind == source).then_some(wim.header().chunk_size);
        Self::of(kind, solid, own, options)
    }

    /// What the options mean where there is no source: LZX, or LZMS for what is packed together.
    pub(in crate::wim) fn fresh(options: &ExportOptions) -> Result<Self> {
        let default = if options.solid { Compression::Lzms } else { Compression::Lzx };
        Self::of(options.compression.unwrap_or(default), options.solid, None, options)
    }

    /// `own` is the chunk size of a source that is compressed the same way.
    fn of(kind: Compression, solid: bool, own: Option<u32>, options: &ExportOptions) -> Result<Self> {
        if solid && kind == Compression::None {
            return Err(wrong("solid resources are always compressed".into()));
        }
        let checked = |size: u64| kind.check_chunk_size(size).map_err(|e| wrong(e.message().to_owned()));
        let own = match options.chunk_size.filter(|_| !solid) {
            Some(size) if kind != Compression::None => checked(size.into())?,
            _ if kind == Compression::None => kind.default_chunk_size(),
            _ if own.is_some() => checked(own.unwrap_or_default().into())?,
            _ => kind.default_chunk_size(),
        };
        let level = |default| options.level.unwrap_or(default);
        let plain = Format { compression: kind, chunk_size: own, level: level(default_level(kind)) };
        let solid = if solid {
            let size = match options.chunk_size {
                Some(size) => checked(size.into())?,
                None => SOLID_CHUNK.min(*kind.chunk_sizes().end()),
            };
            Some(Format { compression: kind, chunk_size: size, level: level(SOLID_LEVEL) })
        } else {
            None
        };
        Ok(Self { plain, solid, any_chunk: options.chunk_size.is_none() })
    }

    /// What the options mean for images that are added to `to`: what is not solid is stored as there.
    pub(super) fn adding_to(to: &WimFile, options: &ExportOptions) -> Result<Self> {
        let (kind, chunk_size) = commit::compression(to.header(), to.limits())?;
        let own = |what: &str, has: &dyn std::fmt::Display| {
            Err(wrong(format!("images are added with the {what} that the WIM has: {has}")))
        };
        if options.compression.is_some_and(|wanted| wanted != kind && !options.solid) {
            return own("compression", &kind);
        }
        if options.chunk_size.is_some_and(|wanted| wanted as usize != chunk_size && !options.solid) {
            return own("chunk size", &chunk_size);
        }
        let level = options.level.unwrap_or_else(|| default_level(kind));
        let solid = if options.solid { Self::new(to, options, true)?.solid } else { None };
        let plain = Format { compression: kind, chunk_size, level };
        Ok(Self { plain, solid, any_chunk: options.chunk_size.is_none() })
    }
}

/// How the first solid resource is compressed.
fn solid_kind(wim: &WimFile) -> Option<Compression> {
    let mut resources = wim.inner.places.resources.iter();
    resources.find(|r| r.layout == Layout::Solid).map(|r| r.compression)
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}
