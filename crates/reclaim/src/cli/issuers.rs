//! `reclaim issuer`, and tying people to it.

use std::process::ExitCode;

use clap::Subcommand;

use crate::oidc::{Wanted, ties};
use crate::practice::Office;

#[derive(Subcommand)]
pub(super) enum IssuerCommand {
    /// Names the issuer, after asking whether it is there and fits
    ///
    /// The client's secret is the first line of the standard input. From then on the program calls
    /// that host when people sign in by it; without an issuer it calls nobody.
    Set {
        /// Its address, exactly as its tokens say it, such as https://login.example.org
        #[arg(value_name = "URL")]
        issuer: String,
        /// The id that it gave to this program
        #[arg(long, value_name = "ID")]
        client: String,
        /// What people call it; the button of the sign-in page says so
        #[arg(long, value_name = "NAME")]
        label: String,
        /// The claim that names a person to people
        #[arg(long, value_name = "CLAIM", default_value = "email")]
        named_by: String,
        /// The acr or amr of a token that counts as a second factor; without it none does
        #[arg(long, value_name = "VALUE", default_value = "", hide_default_value = true)]
        strong: String,
    },
    /// Says what is configured
    Show,
    /// Nobody signs in by it any more, and the sessions that it began end; ties of people stay for
    /// the day that it is set again
    Off,
}

impl IssuerCommand {
    pub(super) async fn run(self, office: &Office) -> anyhow::Result<ExitCode> {
        match self {
            IssuerCommand::Set { issuer, client, label, named_by, strong } => {
                let secret = String::new();
                let wanted = Wanted { issuer, label, client, secret, named_by, strong };
                ties::run_set(office, wanted).await
            }
            IssuerCommand::Show => ties::run_show(office).await,
            IssuerCommand::Off => ties::run_off(office).await,
        }
    }
}
