//! What each command needs of who runs it.

use denial::person::Access;

use crate::cli::Command;
use crate::cli::rules::RulesCommand;

/// What a command is called, and what its practice's table of roles has to allow (house §18.10).
pub(super) type Needs = Option<(&'static str, Access)>;

impl Command {
    /// What it takes to run it; nothing where no practice is opened, or a new one is made.
    pub(super) const fn needs(&self) -> Needs {
        match self {
            Command::Take { .. } => Some(("take", Access::TakeFiles)),
            // The inbox takes files in as who serves.
            Command::Serve { .. } => Some(("serve", Access::TakeFiles)),
            Command::Export { .. } => Some(("export", Access::Export)),
            Command::Queue { .. } => Some(("queue", Access::Queue)),
            Command::Digest { team: true, .. } => Some(("digest --team", Access::Team)),
            Command::Packet(_) => Some(("packet", Access::Export)),
            Command::Show { .. } => Some(("show", Access::ReadCases)),
            Command::Act { .. } => Some(("act", Access::ReadCases)),
            Command::Verify { .. } => Some(("verify", Access::Audit)),
            Command::Backup { .. } => Some(("backup", Access::Backup)),
            Command::Outbox { .. } => Some(("outbox", Access::Outbox)),
            Command::Status { .. } => Some(("status", Access::Outbox)),
            Command::Sweep { .. } => Some(("sweep", Access::TakeFiles)),
            Command::Codes(_) => Some(("codes", Access::Rules)),
            Command::Retention { .. } => Some(("retention", Access::Backup)),
            Command::User(_) => Some(("user", Access::ManagePeople)),
            Command::Issuer(_) => Some(("issuer", Access::ManagePeople)),
            Command::Practices(_) => Some(("practice", Access::ManagePeople)),
            Command::Rules(RulesCommand::Save { .. }) => Some(("rules save", Access::Rules)),
            Command::Rules(RulesCommand::Actions { .. }) => Some(("rules actions", Access::Rules)),
            Command::Rules(RulesCommand::Export { .. }) => Some(("rules export", Access::Rules)),
            Command::Secondary(_) => Some(("secondary", Access::Correct)),
            Command::Correct(wish) if wish.many.is_meant() => {
                Some(("correct --batch", Access::Correct))
            }
            Command::Correct(_)
            | Command::Doctor { .. }
            | Command::Rules(RulesCommand::Check { .. })
            | Command::Demo { .. }
            | Command::Digest { .. }
            | Command::Bench { .. }
            | Command::Restore { .. } => None,
        }
    }
}
