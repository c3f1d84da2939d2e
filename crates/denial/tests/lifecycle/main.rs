//! The life of a case: the printed table, scenarios as text, a hundred thousand random acts.

mod clinic;
mod random;
mod refusals;
mod scenarios;
mod table;
