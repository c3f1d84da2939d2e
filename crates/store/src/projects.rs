//! Project appeals: many cases of one payer under one letter, one spreadsheet and one reference.

use crate::sql::{among, run};
use crate::{Error, Tx};

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Project {
    /// Its id.
    pub project: String,
    /// The payer.
    pub payer: String,
    /// Its name.
    pub payer_name: String,
    /// `draft`, `sent` or `void`.
    pub state: String,
    /// Counts its saves, from 1.
    pub version: i64,
    /// When it was begun.
    pub made_at: String,
    /// Who began it.
    pub made_by: String,
    /// What it is about.
    pub subject: String,
    /// The cover letter.
    pub letter: String,
    /// How it went; empty before.
    pub channel: String,
    /// The day it went.
    pub sent_on: Option<String>,
    /// The payer's one reference; empty where none came.
    pub reference: String,
    /// Hash of the letter with its list, as it was set and went.
    pub packet: Option<String>,
    /// Hash of the spreadsheet that was set with it.
    pub sheet: Option<String>,
    /// Why it goes without documents that are asked for; empty where nobody said.
    pub without_why: String,
    /// Why it goes after a last day; empty where nobody said.
    pub late_why: String,
}

/// A case of a project.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ProjectCase {
    /// The case.
    pub denial: String,
    /// Its place in the list, from 1.
    pub n: i64,
    /// Why it did not go along; empty where it did or has not gone yet.
    pub stayed: String,
}

macro_rules! projects {
    ($rest:literal) => {
        concat!(
            "select project, payer, payer_name, state, version, made_at, made_by, subject, letter,
             channel, sent_on, reference, packet, sheet, without_why, late_why
             from project where practice = $1 ",
            $rest
        )
    };
}

impl Tx {
    /// Begins a project with its cases in their order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin_project(&mut self, one: &Project, cases: &[String]) -> Result<(), Error> {
        run!(
            self,
            execute,
            "insert into project (practice, project, payer, payer_name, state, version, made_at,
             made_by, subject, letter, channel, reference)
             values ($1, $2, $3, $4, 'draft', 1, $5, $6, $7, $8, '', '')",
            self.practice.as_str(),
            one.project.as_str(),
            one.payer.as_str(),
            one.payer_name.as_str(),
            one.made_at.as_str(),
            one.made_by.as_str(),
            one.subject.as_str(),
            one.letter.as_str()
        )?;
        for (n, case) in (1_i64..).zip(cases) {
            run!(
                self,
                execute,
                "insert into project_case (practice, project, denial, n, stayed)
                 values ($1, $2, $3, $4, '')",
                self.practice.as_str(),
                one.project.as_str(),
                case.as_str(),
                n
            )?;
        }
        Ok(())
    }

    /// A project by its id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn project(&mut self, project: &str) -> Result<Option<Project>, Error> {
        let text = projects!("and project = $2");
        Ok(run!(self, optional as Project, text, self.practice.as_str(), project)?)
    }

    /// Projects, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn projects(&mut self, limit: i64) -> Result<Vec<Project>, Error> {
        let text = projects!("order by made_at desc, project limit $2");
        Ok(run!(self, all as Project, text, self.practice.as_str(), limit)?)
    }

    /// The cases of a project in their order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn project_cases(&mut self, project: &str) -> Result<Vec<ProjectCase>, Error> {
        let rows = run!(
            self,
            all as ProjectCase,
            "select denial, n, stayed from project_case where practice = $1 and project = $2
             order by n",
            self.practice.as_str(),
            project
        )?;
        Ok(rows)
    }

    /// The cases of some projects: project and case.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn cases_of_projects(
        &mut self,
        projects: &[String],
    ) -> Result<Vec<(String, String)>, Error> {
        let rows = among!(
            self,
            (String, String),
            "select project, denial from project_case where practice = $1
             and project in (select value from json_each($2)) order by project, n",
            "select project, denial from project_case where practice = $1 and project = any($2)
             order by project, n",
            projects,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// How many cases each of some projects has, and what is outstanding on them, in cents; of one
    /// that went, those that went along.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn worth_of_projects(
        &mut self,
        projects: &[String],
    ) -> Result<Vec<(String, i64, i64)>, Error> {
        let rows = among!(
            self,
            (String, i64, i64),
            "select c.project, count(*), cast(sum(d.outstanding) as bigint)
             from project_case c
             join project p on p.practice = c.practice and p.project = c.project
             join denial d on d.practice = c.practice and d.denial = c.denial
             where c.practice = $1 and c.project in (select value from json_each($2))
             and (c.stayed = '' or p.state = 'draft') group by c.project",
            "select c.project, count(*), cast(sum(d.outstanding) as bigint)
             from project_case c
             join project p on p.practice = c.practice and p.project = c.project
             join denial d on d.practice = c.practice and d.denial = c.denial
             where c.practice = $1 and c.project = any($2)
             and (c.stayed = '' or p.state = 'draft') group by c.project",
            projects,
            self.practice.as_str()
        )?;
        Ok(rows)
    }

    /// Saves a project where it still stands as it was read; false where another was faster.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn save_project(&mut self, one: &Project, read: i64) -> Result<bool, Error> {
        let changed = run!(
            self,
            execute,
            "update project set state = $1, version = version + 1, subject = $2, letter = $3,
             channel = $4, sent_on = $5, reference = $6, packet = $7, sheet = $8,
             without_why = $9, late_why = $10
             where practice = $11 and project = $12 and version = $13",
            one.state.as_str(),
            one.subject.as_str(),
            one.letter.as_str(),
            one.channel.as_str(),
            one.sent_on.as_deref(),
            one.reference.as_str(),
            one.packet.as_deref(),
            one.sheet.as_deref(),
            one.without_why.as_str(),
            one.late_why.as_str(),
            self.practice.as_str(),
            one.project.as_str(),
            read
        )?;
        Ok(changed > 0)
    }

    /// Says why a case did not go along; an empty text takes that back.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn leave_out_of_project(
        &mut self,
        (project, denial): (&str, &str),
        why: &str,
    ) -> Result<(), Error> {
        run!(
            self,
            execute,
            "update project_case set stayed = $1 where practice = $2 and project = $3
             and denial = $4",
            why,
            self.practice.as_str(),
            project,
            denial
        )?;
        Ok(())
    }
}
