//! The numbers: what is computed from many cases at once, pure and without the database.

pub mod board;
pub mod odds;
pub mod usual;
