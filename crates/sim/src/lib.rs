//! A claims world with known truth: matched 837P, 999, 277CA and 835 files from one seed, and
//! apart from them what is true about every line.
//!
//! It proves that a program finds what is there, balances and keeps deadlines. It does not prove
//! that a payer behaves so: whatever is built on it must say "simulated".
//!
//! What is unreal here: no inpatient care, no drugs, no real policies or places. Faults are
//! independent of each other; payers do not adapt to appeals; what is billed is stylised. Whatever
//! one learns here about which payer is worse is invented.
//!
//! ```
//! use jiff::civil::date;
//! use sim::{Preset, world};
//!
//! let preset = Preset { claims: 50, ..Preset::tiny() };
//! let world = world(&preset, 1, date(2026, 11, 20));
//! let mut remittances = 0;
//! world.files(|file| {
//!     remittances += usize::from(file.path().starts_with("835/"));
//!     Ok(())
//! })?;
//! assert!(remittances > 0);
//! # Ok::<(), std::io::Error>(())
//! ```

mod acknowledge;
mod answer;
mod calendar;
mod catalogue;
mod chaos;
mod circle;
mod claim;
mod deciding;
mod edi;
mod edi835;
mod edi837;
mod fault;
mod file;
pub mod flat;
mod identity;
mod life;
mod patient;
mod payer;
mod preset;
mod pricing;
mod received;
mod recovery;
mod remit;
mod repricing;
mod rule;
mod run;
mod secondary;
mod shape;
mod standing;
mod stream;
mod truth;
mod verdict;
mod wording;
mod world;

pub use circle::{AppealSent, Circle, Decision, Letter};
pub use file::{File, FileKind};
pub use preset::Preset;
pub use run::Item;
pub use truth::{
    Category, ChaosKind, ChaosTruth, ClaimTruth, End, LineTruth, Record, Totals, Trap, Truth,
};
pub use world::{Practice, World, world};
