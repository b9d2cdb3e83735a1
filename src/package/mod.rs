//! Update containers as named files: cabinets, MSU, container indexes (CIX).

pub mod cab;
pub mod cix;
