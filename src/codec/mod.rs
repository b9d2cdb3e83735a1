//! Bytes to bytes: LZX, XPRESS and LZMS through wimlib, MSZIP and cabinet LZX, PA30, WinSxS wrappers.

pub mod lzx;
pub mod mszip;
pub mod pa30;
pub mod wimlib;
pub mod winsxs;
