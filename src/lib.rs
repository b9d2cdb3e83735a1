//! Wimwright keeps Windows installation images up to date on any operating system, without Windows.
//!
//! The layers, from the bottom: [`error`], [`base`], `codec`, [`registry`], [`wim`], [`mount`], [`package`], [`cbs`],
//! [`staging`], [`service`]. A module imports only from those before it; `tests/layering.rs` enforces the
//! table that `ARCHITECTURE.md` explains.

pub mod base;
pub mod cbs;
pub mod codec;
pub mod error;
#[doc(hidden)]
pub mod ffi;
pub mod mount;
pub mod package;
pub mod registry;
pub mod service;
#[cfg(feature = "site")]
pub mod site;
pub mod staging;
pub mod wim;

pub use error::{Error, ErrorKind, Result};

/// The examples of the README, compiled by the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
