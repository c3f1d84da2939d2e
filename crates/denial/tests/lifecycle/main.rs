//! The life of a case: the printed table, scenarios as text, a hundred thousand random acts.

mod acting;
mod clinic;
mod drafts;
mod escalations;
mod outcomes;
mod overturned;
mod promises;
mod random;
mod record;
mod refusals;
mod requests;
mod resent;
mod scenarios;
mod sub_status;
mod table;
mod taking;
mod teams;
mod undo;
