//! Stories through the pages, as people with roles live them, on a clinic of made-up patients.

mod account;
mod case;
mod claims;
mod clinic;
mod find;
mod gates;
mod help;
mod house;
mod issuer;
mod matching;
mod money;
mod news;
mod paper;
mod passkeys;
mod placed;
mod practices;
mod questions;
mod queue;
mod records;
mod rules;
mod second;
mod sign_ins;
mod signing_in;
mod story;
mod sub_status;
mod waiting;
