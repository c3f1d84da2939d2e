//! The store on the real databases: on SQLite always, on PostgreSQL where `TEST_DATABASE_URL` says
//! where one is. Every public function is called here; a house rule counts them.

mod appeals;
#[path = "backup.rs"]
mod backups;
mod beyond;
mod cases;
mod chains;
mod claims;
mod clinic;
mod code_lists;
mod contacts;
mod corrections;
mod desk;
mod doubts;
mod fetched;
mod files;
mod firings;
mod intake;
mod matches;
mod next_bills;
mod outcomes;
mod outgoing;
mod people;
mod place;
mod projects;
mod protections;
mod queue;
mod remittances;
mod requests;
mod retention;
mod reveals;
mod rule_versions;
mod schema;
mod status;
mod steps;
mod tls;
mod unanswered;
mod verify;
mod waits;
mod walls;
