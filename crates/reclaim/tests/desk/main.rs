//! The program as people run it: commands on a database of either kind.
#![expect(unreachable_pub, reason = "a test's module is public to nobody")]

mod acts;
mod batch;
mod circle;
mod converge;
mod files;
mod outbox;
mod packets;
mod place;
mod practices;
mod prepared;
mod roles;
mod rules;
mod secondary;
mod serving;
mod sftp;
mod specialists;
