//! The field of claim denials: money, claims, remittances, cases, deadlines, owners, postings.
//!
//! Decisions are pure functions. This crate never does I/O, never reads a clock, never draws a
//! random number and never uses a float; now, today and new ids are arguments.
#![deny(clippy::float_arithmetic)]

pub mod actions;
pub mod adjudication;
pub mod appeal;
pub mod beyond;
pub mod billed;
pub mod category;
pub mod certain;
pub mod checklist;
pub mod claim;
pub mod claim_status;
pub mod codes;
pub mod completeness;
pub mod contact;
pub mod correction;
pub mod cover;
pub mod deadline;
pub mod denial;
mod element;
mod envelope;
pub mod escalation;
pub mod evidence;
pub mod ids;
pub mod inquiry;
pub mod intake;
pub mod letter;
pub mod levels;
pub mod lifecycle;
pub mod lists;
pub mod masks;
pub mod matching;
pub mod money;
pub mod ncci;
pub mod next_action;
pub mod next_bill;
pub mod outcome;
pub mod outgoing;
pub mod owner;
pub mod payer;
pub mod person;
pub mod phi;
pub mod playbook;
pub mod posting;
pub mod protected;
pub mod proven;
pub mod rejection;
pub mod remittance;
pub mod remitted;
pub mod request;
pub mod resent;
pub mod rules;
pub mod team;
pub mod timely;
pub mod totals;
pub mod triage;
pub mod unanswered;
pub mod waits;
pub mod won;
