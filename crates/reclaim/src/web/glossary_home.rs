//! What each figure and chart of Home and of the digest counts, from what, and what it leaves out.

use crate::web::glossary_words::Word;
use crate::web::worth::ORDER;

const fn word(id: &'static str, word: &'static str, means: &'static str) -> Word {
    Word { id, word, means }
}

/// Figures, columns and charts of Home and of the digest; the anchor is `home-` and the label.
pub(crate) const HOME: &[Word] = &[
    word(
        "home-aging-since-denial",
        "Aging since denial",
        "Chart: outstanding money of open cases by days from the payer's denial to today, in five bands; cases put off count too. Its formula is today less the day of denial, not the day of service.",
    ),
    word(
        "home-answers-that-came-for-you",
        "Answers that came for you",
        "Questions of yours that colleagues answered and whose answer you have not opened.",
    ),
    word(
        "home-at-risk",
        "At risk",
        "The sum of what is outstanding on open cases that no payer has given way on (those stand under Won, not posted yet), those put off left out: denied less recovered, transferred and written off. Not a forecast: it is not multiplied by a chance.",
    ),
    word(
        "home-by-status",
        "By status",
        "Chart: outstanding money of open cases by where each stands; cases put off count too. Closed cases have nothing outstanding.",
    ),
    word(
        "home-cases",
        "Cases",
        "How many cases fit the row and what stands above it. Each case counts once, whatever its lines.",
    ),
    word(
        "home-cases-you-may-see",
        "Cases you may see",
        "Open cases with a question to your role, and those that are yours; cases put off count too. Below it is what is outstanding on them.",
    ),
    word(
        "home-questions-to-you",
        "Questions to you",
        "Questions that somebody asked your role and nobody has answered. Below it is when the soonest is to be answered.",
    ),
    word(
        "home-clock",
        "Clock",
        "The clock that the next action has to keep; where it keeps none, the soonest that runs. One that runs out within 7 days, or has run out, stands before it. Not configured where no rule says when it ends; closed where the payer gave way on all of it.",
    ),
    word(
        "home-a-clock-not-configured",
        "A clock not configured",
        "Open cases of which at least one usual clock (timely filing, corrected claim, first appeal) has no rule in the payer's file, so that its last day is unknown; other clocks of the case may run. The few of which none has a day are the queue's filter Clock: no clock has a day. Rules lists their payers.",
    ),
    word(
        "home-codes-that-nobody-mapped",
        "Codes that nobody mapped",
        "Group and reason codes that lead open cases and that neither the playbook nor the payer's file maps. Mapping one files its cases anew.",
    ),
    word(
        "home-denied",
        "Denied",
        "What the payer had refused on those cases, before anything of it was paid, moved or given up.",
    ),
    word(
        "home-doubtful-payments",
        "Doubtful payments",
        "Payments with the number of a claim of ours and neither its patient nor its charge. Their money waits for a person's word.",
    ),
    word(
        "home-due-within-7-days",
        "Due within 7 days",
        "Open cases whose soonest clock runs out today or within the seven days after it. Where the payer gave way on all of it no clock counts. Below it is what is outstanding on them.",
    ),
    word(
        "home-entries",
        "Entries",
        "Entries of the journal of that kind in the days that the heading says, today among them.",
    ),
    word(
        "home-given-up",
        "Given up",
        "Write-offs posted on denied lines from the business day before the digest to yesterday, less those that were reversed in those days.",
    ),
    word(
        "home-inflow-and-outflow",
        "Inflow and outflow",
        "Chart: for each week from Monday, opened plus opened again, and paid plus written off, as the journal has them. A case counts in the week in which its file was taken in. The last week is not over.",
    ),
    word(
        "home-lacks-owner-action-or-day",
        "Lacks owner, action or day",
        "Open cases without a role that owns them, without a next action or without its day; cases put off count too. Always nothing, unless the database was changed by other means.",
    ),
    word(
        "home-matches-to-review",
        "Matches to review",
        "Claims that a payment names and that look like a billed claim of ours under another number. A person says whether they are one.",
    ),
    word(
        "home-medical-necessity",
        "Medical necessity",
        "Open cases denied because the payer doubts the need, the place or the level of care, as far as you may see them.",
    ),
    word(
        "home-money-does-not-add-up",
        "Money does not add up",
        "Open cases whose remittance does not balance. They are worked, and no money is posted on them until somebody has cleared it.",
    ),
    word(
        "home-new-since",
        "New since",
        "Open cases that files or people opened since the beginning of that day, the business day before the digest; cases put off count too.",
    ),
    word(
        "home-next-action-late",
        "Next action late",
        "Open cases whose next action was due before today.",
    ),
    word(
        "home-next-action-late-or-today",
        "Next action late or today",
        "Open cases whose next action was due before today, or is due today.",
    ),
    word(
        "home-next-action-today",
        "Next action today",
        "Open cases whose next action is due today.",
    ),
    word(
        "home-no-person-has-it",
        "No person has it",
        "Open cases that a role owns and no person has taken or was given, those that a team shares among them. In the row of a team: those that it shares.",
    ),
    word(
        "home-no-person-has-them",
        "No person has them",
        "Open cases of your role that no person has and no team shares.",
    ),
    word("home-open", "Open", "Open cases of the person or team, those put off left out."),
    word(
        "home-open-rejections",
        "Open rejections",
        "What a 999, TA1 or 277CA refused before adjudication and nobody resolved. These are no denials and no money is counted for them.",
    ),
    word(
        "home-missing-remittances",
        "Missing remittances",
        "Payers of which a remittance should have come by now: by the days set in their file, else by the pauses within which nine in ten of their days of payment lay.",
    ),
    word(
        "home-recovered",
        "Recovered",
        "Payments of payers posted on denied lines in the days that stand above it, today left out, less what they took back in those days. What a payer gave way on and nobody posted is won and not in it.",
    ),
    word(
        "home-reviews-that-are-late",
        "Reviews that are late",
        "Remittances of the last 30 days that nobody reviewed within the hours that desk.toml gives; without them none is late.",
    ),
    word(
        "home-unanswered-claims",
        "Unanswered claims",
        "Claims that were sent and not refused, or passed on by the first payer, and of which no remittance speaks although the payer's usual days are over. Those that somebody put off count again on their day.",
    ),
    word(
        "home-outbox-to-look-at",
        "Outbox to look at",
        "What did not leave by itself, left without a case of its moving, or left and was not answered in time. Beyond what time is said in desk.toml; without it nothing is late.",
    ),
    word(
        "home-waits-to-leave",
        "Waits to leave",
        "Claims, packets and questions that wait in the outbox and can be called back until they leave.",
    ),
    word(
        "home-outstanding",
        "Outstanding",
        "Denied less recovered, transferred and written off, summed over the cases that the row counts.",
    ),
    word(
        "home-past-due",
        "Past due",
        "Open cases of which every clock that still mattered has run out.",
    ),
    word(
        "home-payers-promise-not-kept",
        "Payer's promise not kept",
        "Open cases on which a payer promised something by a day that has passed, and nothing came; cases put off count too.",
    ),
    word(
        "home-payers-requests-past-their-day",
        "Payers' requests past their day",
        "Payers' letters that are no denials, and whose last day for an answer has passed without one: those that you may see.",
    ),
    word(
        "home-payers-to-configure",
        "Payers to configure",
        "Payers of open cases of which a usual clock has no rule.",
    ),
    word("home-people", "People", "Everybody with a role in this practice, also who is shut out."),
    word(
        "home-put-off",
        "Put off",
        "Open cases that somebody put off until a day that has not come; most other figures leave them out.",
    ),
    word(
        "home-priority",
        "Priority",
        "The points that order the queue, a point for each dollar that a round of work is expected to leave, more as days run out and as the case ages. Below stands the net value (outstanding times the chance, less the cost of one round of work), or the clock that lifts or drops the case whatever its points.",
    ),
    word(
        "home-questions-to-your-role",
        "Questions to your role",
        "Questions on open cases that colleagues asked your role and nobody has answered.",
    ),
    word(
        "home-remittances-to-decide",
        "Remittances to decide",
        "Remittances that are held, in conflict, or do not add up where nobody has looked.",
    ),
    word(
        "home-top-reasons",
        "Top reasons",
        "Chart: outstanding money of open cases by reason, the most first; cases put off count too. The line is the share of a reason and all above it in the whole.",
    ),
    word(
        "home-waits-on-a-colleague",
        "Waits on a colleague",
        "Open cases with a question that nobody has answered.",
    ),
    word(
        "home-waits-on-the-payer",
        "Waits on the payer",
        "Open cases on which the payer owes something: its answer to a corrected claim or an appeal, the payment of what it gave way on, or what it promised on the phone.",
    ),
    word(
        "home-won-not-posted-yet",
        "Won, not posted yet",
        "What payers told that they pay on overturned cases, less their payments that are posted: what remittances pay of the denied lines, else what was promised when they gave way. Where a payer told no amount it is what is outstanding, which may be more than it pays; the figure says so beside it. What was denied and not won is not in it.",
    ),
    word(
        "home-write-offs-for-a-second-person",
        "Write-offs for a second person",
        "Open cases on which a write-off was proposed and a second person has neither approved nor declined it; cases put off count too.",
    ),
    word(
        "home-written-off",
        "Written off",
        "Postings that gave money up in the days that stand above it, today left out, less those that were reversed in them.",
    ),
    word("home-you-have", "You have", "Open cases that you have by name."),
    word(
        "home-your-teams-share",
        "Your teams share",
        "Open cases that belong to a team of yours and that nobody of it has taken or was given.",
    ),
];

/// Figures, and how they come about.
pub(crate) const FIGURES: &[Word] = &[
    word(
        "service-levels",
        "Service levels",
        "How long a step may take: until somebody has done something with a new case, a colleague has answered, a payer has answered what was sent. Owners and absences in the rules say it; what is missed climbs the ladder from a reminder to the manager.",
    ),
    word(
        "promises-kept",
        "Promises kept",
        "Of what a payer promised by a day that has come, how much was there by then. Its answer counts, and a person's word on a later contact. What we did ourselves before the day, or another promise in its place, leaves the former one uncounted; after the day it was broken.",
    ),
    word(
        "at-risk",
        "At risk",
        "What is outstanding on open cases on which no payer has given way.",
    ),
    word("denied", "Denied", "What payers refused on the lines of a case."),
    word(
        "won",
        "Won",
        "What a payer agreed to pay of what it had denied, by a remittance, a letter or a call, whether it is posted or not. A case is won while its status says that the payer gave way.",
    ),
    word(
        "recovered",
        "Recovered",
        "The money of it that is posted: paid by the payer that denied, or by another, less what was taken back. It comes from postings and not from a status.",
    ),
    word(
        "transferred",
        "Transferred",
        "What is rightly owed by the patient or another payer and was moved there.",
    ),
    word("written-off", "Written off", "What was given up."),
    word(
        "paid-by-this-payer",
        "Paid by this payer",
        "What the payer that denied paid after all, as posted; it counts as recovered.",
    ),
    word(
        "paid-by-another-payer",
        "Paid by another payer",
        "What a second payer paid of the denied amount, as posted; it counts as recovered.",
    ),
    word(
        "moved-to-the-patient",
        "Moved to the patient",
        "What the patient rightly owes and was moved to their bill.",
    ),
    word(
        "the-contracts-own-reduction",
        "The contract's own reduction",
        "What the contract takes off anyway; it was never ours to win.",
    ),
    word(
        "sequestration",
        "Sequestration",
        "What a law keeps back of a Medicare payment (reason code 253). It is neither the contract's nor the patient's, and nobody owes it.",
    ),
    word(
        "given-up",
        "Given up",
        "Written off, with its reason and, above the limit, a second person's word.",
    ),
    word(
        "outstanding",
        "Outstanding",
        "Denied less recovered, transferred and written off. A case closes at nothing outstanding, to the cent.",
    ),
    word(
        "priority",
        "Priority",
        "Points that order the queue. They are no balance: nobody owes them, and what is owed stands under Outstanding. A case has one for each dollar that a round of work is expected to leave, more as its days run out and as it ages; each case shows the parts.",
    ),
    word("queue-order", "Order of the queue", ORDER),
    word(
        "chance",
        "Chance",
        "How often such a denial is won: the playbook's stated figure until your own history says more. Not configured where nobody mapped the code; won where the payer gave way.",
    ),
    word(
        "expected",
        "Expected",
        "What is outstanding times the chance. Where nobody mapped the code there is no chance, and it says not configured.",
    ),
    word(
        "net-value",
        "Net value",
        "Expected less what one round of work on such a case costs; below nothing, the work costs more than it is likely to bring.",
    ),
    word(
        "masked-name",
        "Masked name",
        "A patient's name with its first letters alone, enough to tell two rows apart. The whole name stands on the page of the case, for those who need it.",
    ),
    word(
        "due-soon",
        "Due within 7 days",
        "Open cases of which a clock runs out within a week. Where the payer gave way on all of it, no clock counts.",
    ),
    word(
        "past-due",
        "Past due",
        "Open cases of which every clock that still mattered has run out.",
    ),
    word("age", "Age", "Days since the payer denied."),
    word(
        "round",
        "Round",
        "How often the same claim was denied by the same payer: 2 means that the second try failed too.",
    ),
    word(
        "waits-on",
        "Waits on",
        "Whose step it is. A second person: a write-off waits for their word. A colleague: a question has no answer yet. The payer: it owes an answer to what was sent, the payment of what it gave way on, or what it promised on the phone. Us: its owner.",
    ),
    word(
        "quarantined",
        "Quarantined",
        "The remittance behind it does not add up. It can be worked; its money counts for nothing until that is cleared.",
    ),
    word("completeness", "Record", "How many of the facts that a case should hold are known."),
];

/// Where a figure, a column or a chart of Home is explained, if it is.
pub(crate) fn explained(label: &str) -> Option<String> {
    let is_sign = |letter: char| matches!(letter, ',' | '\'');
    // The digest names the day since which cases are new.
    let label = if label.starts_with("New since ") { "New since" } else { label };
    let slug: String = label.chars().filter(|letter| !is_sign(*letter)).collect();
    let id = format!("home-{}", slug.to_lowercase().replace(' ', "-"));
    let known = HOME.iter().any(|one| one.id == id);
    known.then(|| format!("/words#{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_leads_to_its_explanation_and_every_one_has_its_label() {
        assert_eq!(
            explained("Payer's promise not kept").as_deref(),
            Some("/words#home-payers-promise-not-kept")
        );
        let since = explained("New since Mar 2, 2026");
        assert_eq!(since.as_deref(), Some("/words#home-new-since"));
        assert_eq!(explained("Reason"), None);
        for one in HOME {
            assert_eq!(explained(one.word), Some(format!("/words#{}", one.id)), "{}", one.word);
        }
    }
}
