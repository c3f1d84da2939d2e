//! `reclaim user`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::oidc::ties;
use crate::people;
use crate::practice::Office;

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Makes a person, or gives one who is known a role in this practice
    ///
    /// A password is drawn and shown once, unless it comes on the standard input.
    Add {
        /// The name to sign in with
        #[arg(value_name = "LOGIN")]
        user: String,
        /// The name for people
        #[arg(long)]
        name: String,
        /// The role: billing_specialist, front_desk and so on
        #[arg(long)]
        role: String,
        /// Reads the password from the standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Lists the people of this practice
    List,
    /// Takes away the second factor of somebody who lost device and recovery codes
    ForgetFactor {
        /// The name to sign in with
        #[arg(value_name = "LOGIN")]
        user: String,
    },
    /// Ties a person to the issuer's word for them
    Tie {
        /// The name to sign in with
        #[arg(value_name = "LOGIN")]
        user: String,
        /// The subject (sub) of the issuer's tokens
        #[arg(long)]
        subject: String,
    },
    /// Unties a person from the issuer and ends their sessions
    Untie {
        /// The name to sign in with
        #[arg(value_name = "LOGIN")]
        user: String,
    },
    /// Gives a person another password and ends their sessions
    Password {
        /// The name to sign in with
        #[arg(value_name = "LOGIN")]
        user: String,
        /// Reads the password from the standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

impl UserCommand {
    pub(super) async fn run(self, office: &Office) -> anyhow::Result<ExitCode> {
        match self {
            UserCommand::Add { user, name, role, password_stdin } => {
                people::run_add(office, &user, &name, &role, password_stdin).await
            }
            UserCommand::List => people::run_list(office).await,
            UserCommand::ForgetFactor { user } => people::run_forget_factor(office, &user).await,
            UserCommand::Tie { user, subject } => ties::run_tie(office, &user, &subject).await,
            UserCommand::Untie { user } => ties::run_untie(office, &user).await,
            UserCommand::Password { user, password_stdin } => {
                people::run_password(office, &user, password_stdin).await
            }
        }
    }
}
