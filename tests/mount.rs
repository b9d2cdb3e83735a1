//! Mounted images, by the command and by the library, with the system's own tools and wimlib's mount as judges.

#![cfg(all(target_os = "linux", feature = "mount"))]

mod common;
#[path = "mount/guard.rs"]
mod guard;
#[path = "mount/kernel.rs"]
mod kernel;
#[path = "mount/reading.rs"]
mod reading;
#[path = "receipt/schema.rs"]
#[allow(dead_code, reason = "the receipt's test asks for more")]
mod schema;
#[path = "mount/user.rs"]
mod user;
#[path = "mount/writing.rs"]
mod writing;
