//! The file system without the kernel.
