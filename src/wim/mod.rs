//! The container: header, blob table, metadata, XML; a parallel reader, an overlay and an append-only commit.

pub mod blob_table;
pub mod header;
pub mod metadata;
pub mod security;
pub mod xml;
