//! The X12 format: reads any bytes, keeps every one of them, and says what is odd and where.
//!
//! Reading never fails and never panics; what is wrong becomes a [`finding::Finding`] with its
//! place. Nothing here knows what a denial is.

pub mod amount;
pub mod block;
pub mod delimiters;
pub mod element;
pub mod envelope;
pub mod finding;
pub mod hierarchy;
pub mod loops;
pub mod reader;
pub mod row;
pub mod segment;
mod separators;
pub mod t271;
pub mod t276;
pub mod t277;
pub mod t277ca;
pub mod t835;
pub mod t837;
pub mod t999;
pub mod ta1;
pub mod writer;

pub use block::{Block, Kept, Kind};
pub use delimiters::Delimiters;
pub use finding::{Code, Finding, Severity};
pub use reader::Reader;
pub use row::Row;
pub use segment::{Place, Segment};
