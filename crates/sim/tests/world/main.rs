//! Holds the files of a world to what payers' files must be, and its truth to its files.

mod balance;
mod circle;
mod made;
mod other_readers;
mod reading;
mod shapes;
mod stability;
mod truths;
mod wordings;
