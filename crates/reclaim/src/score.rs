//! How well the database agrees with what is true of a simulated practice.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Context;
use denial::category::Category;
use serde::Serialize;
use sim::{ChaosTruth, End, LineTruth, Truth};
use store::files::FileRow;

use crate::export::{self, Spoken};
use crate::practice::Office;
use crate::take::FileReport;

/// The comparison that `reclaim demo --score` prints.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Score {
    /// Lines that some remittance refused.
    denied_lines: u64,
    /// Of these, lines that are in a case.
    in_cases: u64,
    /// Lines that look like denials and are none.
    trap_lines: u64,
    /// Of these, lines that are in a case all the same.
    traps_in_cases: u64,
    /// Refused lines whose category is plain from their codes.
    category_checked: u64,
    /// Of these, lines whose case says the same.
    category_right: u64,
    /// Claim payments broken so that they do not add up.
    chaos_expected: u64,
    /// Of these, those whose money is quarantined.
    chaos_quarantined: u64,
    /// Claim payments that are quarantined though nobody broke them.
    quarantined_besides: u64,
    /// Everything broken on purpose.
    chaos_ids: u64,
    /// Of these, those that met the end that they should.
    chaos_met: u64,
    /// Differences of what was paid, summed over lines, in cents.
    cents_off: i64,
}

/// What the database holds, by claim and line.
#[derive(Default)]
struct Held {
    /// The category of each line in a case.
    cases: HashMap<(String, u16), Category>,
    /// Claims with a case on the claim itself.
    whole: HashMap<String, Category>,
    net: HashMap<(String, u16), i64>,
    /// Claim and payer's number of quarantined payments.
    quarantined: HashSet<(String, String)>,
    /// Files refused as taken before.
    files: HashMap<String, FileReport>,
}

/// Compares the database with the truth beside it.
pub(crate) async fn score(office: &Office, truth: &Path) -> anyhow::Result<Score> {
    let truth = Truth::read(truth).context("cannot read the truth")?;
    let held = held(office).await?;
    let mut score = Score::default();
    truth.lines().for_each(|line| score.line(line, &held));
    let mut expected = HashSet::new();
    for chaos in &truth.chaos {
        score.chaos(chaos, &held, &truth, &mut expected);
    }
    score.quarantined_besides = held.quarantined.difference(&expected).count() as u64;
    Ok(score)
}

async fn held(office: &Office) -> anyhow::Result<Held> {
    let mut tx = office.read().await?;
    let mut held = Held::default();
    let (mut spoken, mut cases) = (Vec::new(), Vec::new());
    export::each_claim(
        &mut tx,
        |claim: Spoken| {
            let net = claim.net();
            let doubtful = claim.said.iter().filter(|one| one.quarantined);
            let doubtful: Vec<String> =
                doubtful.map(|one| one.payment.control.as_str().to_owned()).collect();
            spoken.push((claim.number, net, doubtful));
        },
        |case| cases.push(case),
    )
    .await?;
    for (number, net, doubtful) in spoken {
        held.quarantined.extend(doubtful.into_iter().map(|control| (number.clone(), control)));
        let rows = net.into_iter().map(|(line, paid)| ((number.clone(), line), paid.cents()));
        held.net.extend(rows);
    }
    for case in cases {
        let number = case.number.as_str().to_owned();
        for line in &case.lines {
            match line.line {
                Some(at) => held.cases.insert((number.clone(), at), line.category),
                None => held.whole.insert(number.clone(), line.category),
            };
        }
    }
    for file in tx.files(i64::MAX).await? {
        held.files.insert(file.name.clone(), report(&file)?);
    }
    Ok(held)
}

fn report(file: &FileRow) -> anyhow::Result<FileReport> {
    serde_json::from_str(&file.report).context("a kept report is JSON")
}

impl Held {
    fn category(&self, claim: &str, line: u16) -> Option<Category> {
        let own = self.cases.get(&(claim.to_owned(), line)).copied();
        own.or_else(|| self.whole.get(claim).copied())
    }
}

impl Score {
    /// Differences of what was paid, summed over lines, in cents.
    pub(crate) const fn cents_off(&self) -> i64 {
        self.cents_off
    }

    fn line(&mut self, line: &LineTruth, held: &Held) {
        let found = held.category(&line.claim, line.line);
        let net = held.net.get(&(line.claim.clone(), line.line)).copied().unwrap_or(0);
        self.cents_off += (net - line.paid_cents).abs();
        if line.denied {
            self.denied_lines += 1;
            self.in_cases += u64::from(found.is_some());
        }
        if line.is_trap() {
            self.trap_lines += 1;
            self.traps_in_cases += u64::from(found.is_some());
        }
        if let Some(truth) = line.category.filter(|_| line.denied) {
            self.category_checked += 1;
            self.category_right += u64::from(found.is_some_and(|one| one == house(truth)));
        }
    }

    fn chaos(
        &mut self,
        chaos: &ChaosTruth,
        held: &Held,
        truth: &Truth,
        expected: &mut HashSet<(String, String)>,
    ) {
        let claim = chaos.claim.clone().unwrap_or_default();
        let key = (claim.clone(), chaos.control.clone().unwrap_or_default());
        self.chaos_ids += 1;
        let met = match chaos.end {
            End::Quarantined => {
                let quarantined = held.quarantined.contains(&key);
                self.chaos_expected += 1;
                self.chaos_quarantined += u64::from(quarantined);
                expected.insert(key);
                quarantined
            }
            // A file that is refused leaves no row under its name.
            End::Refused => !held.files.contains_key(name(&chaos.file)),
            End::Unmapped => is_unmapped(&claim, held, truth),
            End::Finding => held.files.get(name(&chaos.file)).is_some_and(|file| file.findings > 0),
            End::WaitsThenPairs | End::Waits => nets(&claim, held, truth),
        };
        self.chaos_met += u64::from(met);
    }
}

/// A file's name without the folder of its kind.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_unmapped(claim: &str, held: &Held, truth: &Truth) -> bool {
    let lines = truth.lines().filter(|line| line.claim == claim);
    lines.map(|line| held.category(claim, line.line)).any(|it| it == Some(Category::Unmapped))
}

fn nets(claim: &str, held: &Held, truth: &Truth) -> bool {
    truth.lines().filter(|line| line.claim == claim).all(|line| {
        let net = held.net.get(&(claim.to_owned(), line.line)).copied().unwrap_or(0);
        net == line.paid_cents
    })
}

/// The truth's category in the house's words (house §18.15).
const fn house(category: sim::Category) -> Category {
    match category {
        sim::Category::Eligibility => Category::Eligibility,
        sim::Category::PriorAuthorization => Category::Authorization,
        sim::Category::MedicalNecessity => Category::MedicalNecessity,
        sim::Category::TimelyFiling => Category::TimelyFiling,
        sim::Category::CodingModifier => Category::CodingOrModifier,
        sim::Category::Duplicate => Category::Duplicate,
        sim::Category::Bundling => Category::Bundling,
        sim::Category::CoordinationOfBenefits => Category::CoordinationOfBenefits,
        sim::Category::NonCovered => Category::NonCovered,
        sim::Category::MissingDocumentation => Category::MissingDocumentation,
        sim::Category::CredentialingProvider => Category::Credentialing,
        sim::Category::DemographicRegistration => Category::Registration,
        sim::Category::BenefitMaximum => Category::BenefitMaximum,
        sim::Category::WorkersCompLiability => Category::OtherInsurer,
    }
}
