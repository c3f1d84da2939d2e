//! What the queue's address asks for: filters, order, place, columns. The same words make links,
//! saved views and what acts on many cases are about.

use denial::denial::Status;
use denial::ids::DenialId;
use denial::team;
use denial::waits::WaitsOn;
use form_urlencoded::{Serializer, parse};
use insight::board::{Alike, Facet, Sort, Wanted};

use crate::practice::Office;
use crate::web::groups;

/// One column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Payer,
    Reason,
    Status,
    Next,
    Clock,
    Owner,
    Outstanding,
    Priority,
    Service,
    Age,
    Plan,
    Provider,
    Waiting,
    Round,
    Chance,
    Patient,
    Expected,
    Net,
    Repeat,
    Proposal,
}

impl Column {
    pub(crate) const ALL: [Column; 20] = [
        Column::Patient,
        Column::Payer,
        Column::Reason,
        Column::Status,
        Column::Proposal,
        Column::Next,
        Column::Clock,
        Column::Owner,
        Column::Outstanding,
        Column::Priority,
        Column::Service,
        Column::Age,
        Column::Plan,
        Column::Provider,
        Column::Waiting,
        Column::Round,
        Column::Chance,
        Column::Expected,
        Column::Net,
        Column::Repeat,
    ];
    /// What is shown where nobody chose.
    pub(crate) const USUAL: [Column; 8] = [
        Column::Payer,
        Column::Reason,
        Column::Status,
        Column::Next,
        Column::Clock,
        Column::Owner,
        Column::Outstanding,
        Column::Priority,
    ];

    /// The same where write-offs wait for a second person: who asks for how much, when and why.
    const OF_APPROVALS: [Column; 6] = [
        Column::Patient,
        Column::Payer,
        Column::Reason,
        Column::Proposal,
        Column::Clock,
        Column::Outstanding,
    ];

    /// The word in links.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Column::Payer => "payer",
            Column::Reason => "reason",
            Column::Status => "status",
            Column::Next => "next",
            Column::Clock => "clock",
            Column::Owner => "owner",
            Column::Outstanding => "outstanding",
            Column::Priority => "priority",
            Column::Service => "service",
            Column::Age => "age",
            Column::Plan => "plan",
            Column::Provider => "provider",
            Column::Waiting => "waiting",
            Column::Round => "round",
            Column::Chance => "chance",
            Column::Patient => "patient",
            Column::Expected => "expected",
            Column::Net => "net",
            Column::Repeat => "repeat",
            Column::Proposal => "proposal",
        }
    }

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Column::Payer => "Payer",
            Column::Reason => "Reason",
            Column::Status => "Status",
            Column::Next => "Next action",
            Column::Clock => "Clock",
            Column::Owner => "Owner",
            Column::Outstanding => "Outstanding",
            Column::Priority => "Priority",
            Column::Service => "Service",
            Column::Age => "Age",
            Column::Plan => "Line of business",
            Column::Provider => "Provider",
            Column::Waiting => "Waits on",
            Column::Round => "Round",
            Column::Chance => "Chance",
            Column::Patient => "Patient",
            Column::Expected => "Expected",
            Column::Net => "Net value",
            Column::Repeat => "Denied again",
            Column::Proposal => "Write-off asked for",
        }
    }

    /// Where it is explained, if it says something by a word of its own.
    pub(crate) const fn explained(self) -> Option<&'static str> {
        Some(match self {
            Column::Reason => "/words#reasons",
            Column::Status => "/words#statuses",
            Column::Clock => "/words#clocks",
            Column::Outstanding => "/words#outstanding",
            Column::Priority => "/words#priority",
            Column::Waiting => "/words#waits-on",
            Column::Round | Column::Repeat => "/words#round",
            Column::Chance => "/words#chance",
            Column::Patient => "/words#masked-name",
            Column::Expected => "/words#expected",
            Column::Net => "/words#net-value",
            Column::Payer
            | Column::Next
            | Column::Owner
            | Column::Service
            | Column::Age
            | Column::Plan
            | Column::Provider
            | Column::Proposal => return None,
        })
    }

    /// The order that follows the column, where there is one.
    pub(crate) const fn sort(self) -> Option<Sort> {
        match self {
            Column::Clock => Some(Sort::Due),
            Column::Outstanding => Some(Sort::Money),
            Column::Next => Some(Sort::Next),
            Column::Age => Some(Sort::Age),
            Column::Priority => Some(Sort::Priority),
            Column::Payer
            | Column::Reason
            | Column::Status
            | Column::Owner
            | Column::Service
            | Column::Plan
            | Column::Provider
            | Column::Waiting
            | Column::Round
            | Column::Chance
            | Column::Patient
            | Column::Expected
            | Column::Net
            | Column::Repeat
            | Column::Proposal => None,
        }
    }

    /// A figure, which stands to the right.
    pub(crate) const fn is_figure(self) -> bool {
        matches!(
            self,
            Column::Outstanding
                | Column::Priority
                | Column::Age
                | Column::Round
                | Column::Chance
                | Column::Expected
                | Column::Net
        )
    }
}

/// Cases that are named in one request.
const NAMED: usize = 200;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) wanted: Wanted,
    pub(crate) sort: Sort,
    /// The first row that is shown, from 0.
    pub(crate) from: usize,
    /// Only these cases.
    named: Option<String>,
    /// One row for each job, and what its cases have in common.
    pub(crate) grouped: Option<Alike>,
    pub(crate) columns: Vec<Column>,
    /// Every word that was understood, place apart.
    pairs: Vec<(String, String)>,
}

impl Asked {
    /// Reads an address' query; what is not understood is not asked.
    pub(crate) fn of(query: &str, office: &Office) -> Asked {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, text) in parse(query.as_bytes()).filter(|(_, text)| !text.is_empty()) {
            // Boxes that are ticked come one by one.
            match pairs.iter_mut().find(|(known, _)| *known == name && is_list(&name)) {
                Some((_, there)) => *there = format!("{there},{text}"),
                None => pairs.push((name.into_owned(), text.into_owned())),
            }
        }
        let named = value(&pairs, "ids").map(str::to_owned);
        let from = value(&pairs, "from").and_then(|text| text.parse().ok()).unwrap_or(0);
        pairs.retain(|(name, _)| is_known(name));
        let columns = value(&pairs, "columns").map(columns).filter(|columns| !columns.is_empty());
        let usual = || match approves(&pairs) {
            true => Column::OF_APPROVALS.to_vec(),
            false => Column::USUAL.to_vec(),
        };
        Asked {
            wanted: wanted(&pairs, office),
            sort: value(&pairs, "sort").and_then(Sort::from_name).unwrap_or_default(),
            from,
            named,
            grouped: value(&pairs, "by").and_then(groups::alike),
            columns: columns.unwrap_or_else(usual),
            pairs,
        }
    }

    /// The ids of the cases that are named, where some are.
    pub(crate) fn ids(&self) -> Option<Vec<String>> {
        let ids = self.named.as_ref()?.split(',').filter(|id| DenialId::parse(id).is_ok());
        Some(ids.take(NAMED).map(str::to_owned).collect())
    }

    /// The query that asks the same, from the first row on.
    pub(crate) fn query(&self) -> String {
        written(self.pairs.iter())
    }

    /// The query with one word changed, or without it where the text is empty.
    pub(crate) fn with(&self, name: &str, text: &str) -> String {
        // What cases of a job have in common goes with the job.
        let goes = |known: &str| known == name || (name == "job" && known == "same");
        let mut pairs: Vec<_> =
            self.pairs.iter().filter(|(known, _)| !goes(known)).cloned().collect();
        if !text.is_empty() {
            pairs.push((name.to_owned(), text.to_owned()));
        }
        written(pairs.iter())
    }

    /// The query for the cases of one job alone.
    pub(crate) fn of_job(&self, like: &str) -> String {
        let is_of_jobs = |name: &str| matches!(name, "by" | "job" | "same");
        let alone = self.pairs.iter().filter(|(name, _)| !is_of_jobs(name));
        let mut job = vec![("job".to_owned(), like.to_owned())];
        let coarser = self.grouped.filter(|alike| *alike != Alike::IDENTICAL);
        job.extend(coarser.map(|alike| ("same".to_owned(), groups::by(alike))));
        written(alone.chain(&job))
    }

    /// True where the rows stand in the order of a column.
    pub(crate) fn is_sorted_by(&self, column: &Column) -> bool {
        column.sort() == Some(self.sort)
    }

    /// The query in the order of a column, where it has one.
    pub(crate) fn sorted_by(&self, column: &Column) -> Option<String> {
        column.sort().map(|sort| self.with("sort", sort.as_str()))
    }

    /// Every word but one, as a form keeps them.
    pub(crate) fn others(&self, name: &str) -> Vec<(String, String)> {
        self.pairs.iter().filter(|(known, _)| known != name).cloned().collect()
    }

    /// What is chosen of a word, as the address has it.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        value(&self.pairs, name)
    }

    /// True where cases are listed for what no rule says of their clocks.
    pub(crate) fn lists_lacks(&self) -> bool {
        self.value(Facet::NoRule.as_str()) == Some("yes")
            || self.value(Facet::Clock.as_str()) == Some("none")
    }

    /// True where cases are listed whose write-off waits for a second person.
    pub(crate) fn lists_approvals(&self) -> bool {
        approves(&self.pairs)
    }

    /// How many filters are set.
    pub(crate) fn filters(&self) -> usize {
        let is_filter =
            |name: &str| Facet::from_name(name).is_some() || matches!(name, "snoozed" | "job");
        self.pairs.iter().filter(|(name, _)| is_filter(name)).count()
    }

    /// Without any filter, in the same order and columns.
    pub(crate) fn cleared(&self) -> String {
        let kept = |name: &str| matches!(name, "sort" | "columns" | "by");
        written(self.pairs.iter().filter(|(name, _)| kept(name)))
    }
}

/// Names that may come more than once.
fn is_list(name: &str) -> bool {
    matches!(name, "columns" | "by") || Facet::from_name(name).is_some()
}

fn is_known(name: &str) -> bool {
    is_list(name) || matches!(name, "sort" | "snoozed" | "job" | "same")
}

fn approves(pairs: &[(String, String)]) -> bool {
    value(pairs, Facet::Waiting.as_str()) == Some(WaitsOn::Approval.as_str())
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
}

fn written<'a>(pairs: impl Iterator<Item = &'a (String, String)>) -> String {
    let mut query = Serializer::new(String::new());
    for (name, text) in pairs {
        query.append_pair(name, text);
    }
    // Commas mean themselves in a query, and links are read by people.
    query.finish().replace("%2C", ",")
}

fn columns(text: &str) -> Vec<Column> {
    // In their own order, as the headings stand, however an address has them.
    let is_named = |column: &Column| text.split(',').any(|name| name == column.as_str());
    Column::ALL.into_iter().filter(is_named).collect()
}

fn wanted(pairs: &[(String, String)], office: &Office) -> Wanted {
    let mut wanted = Wanted {
        asleep: value(pairs, "snoozed").is_some(),
        only_asleep: value(pairs, "snoozed") == Some("only"),
        job_of: value(pairs, "job").and_then(|id| DenialId::parse(id).ok()).map(|id| {
            let same = value(pairs, "same").and_then(groups::alike);
            (id.bits(), same.unwrap_or(Alike::IDENTICAL))
        }),
        own: office.own(),
        ..Wanted::default()
    };
    for (name, text) in pairs {
        let Some(facet) = Facet::from_name(name) else { continue };
        let names = text.split(',').flat_map(|name| meant(facet, name, office));
        let mut names: Vec<String> = names.collect();
        if facet == Facet::Status {
            wanted.closed = names.iter().any(|name| is_closed(name));
            names.retain(|name| name != "closed");
        }
        // Who is of no team has none of a team's cases.
        if !names.is_empty() || (facet == Facet::Owner && text == TEAM) {
            wanted.chosen.push((facet, names));
        }
    }
    wanted
}

fn is_closed(status: &str) -> bool {
    status == "closed" || Status::from_name(status).is_some_and(Status::is_closed)
}

/// What the teams of who asks share and nobody of them has yet.
const TEAM: &str = "team";

/// Words that mean others for each who asks.
fn meant(facet: Facet, name: &str, office: &Office) -> Vec<String> {
    let me = office.who.person.as_str();
    match (facet, name) {
        (Facet::Owner, TEAM) => office.teams().map(|team| team::key(&team.name)).collect(),
        (Facet::Owner, "me") => vec![me.to_owned()],
        (Facet::Brought, "me") => vec![office.who.role.as_str().to_owned(), me.to_owned()],
        // What a team shares has no person either while nobody of it took it.
        (Facet::Owner, "none") => vec![String::new(), team::ANY.to_owned()],
        (Facet::Owner, "nobody") | (Facet::Team, "none") => vec![String::new()],
        (Facet::Code | Facet::Remark | Facet::Service | Facet::Provider, "none") => {
            vec![String::new()]
        }
        (_, name) => vec![name.to_owned()],
    }
}
