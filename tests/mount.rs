//! Mounted images, by the command and by the library, with the system's own tools and wimlib's mount as judges.

#![cfg(all(target_os = "linux", feature = "mount"))]

mod common;
#[path = "mount/guard.rs"]
mod guard;
#[path = "mount/reading.rs"]
mod reading;
#[path = "mount/writing.rs"]
mod writing;
