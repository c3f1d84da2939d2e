//! Reclaim.
fn main() {}
