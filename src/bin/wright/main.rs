//! `wright`: flags and output over the public API, no logic.

fn main() {}
