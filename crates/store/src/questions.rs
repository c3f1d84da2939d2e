//! Which roles a case waits for, beside the case, so that the queue can ask for it.

use denial::denial::Denial;

use crate::sql::run;
use crate::{Error, Tx};

impl Tx {
    /// Keeps the roles of a case's open questions. A case that never asked costs nothing.
    pub(crate) async fn save_questions(&mut self, case: &Denial) -> Result<(), Error> {
        if case.asked == 0 {
            return Ok(());
        }
        run!(
            self,
            execute,
            "delete from asked where practice = $1 and denial = $2",
            self.practice.as_str(),
            case.id.as_str()
        )?;
        for question in &case.questions {
            run!(
                self,
                execute,
                "insert into asked (practice, denial, role) values ($1, $2, $3)
                 on conflict do nothing",
                self.practice.as_str(),
                case.id.as_str(),
                question.to.as_str()
            )?;
        }
        Ok(())
    }
}
