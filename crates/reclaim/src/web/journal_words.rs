//! What entries of the journal say to a person: a sentence for each kind.

use denial::lifecycle::Act;

use crate::web::act_words;
use crate::web::words;

/// What an entry of a kind such as `denial.planned` says happened.
pub(crate) fn said(kind: &str) -> String {
    let (about, what) = kind.split_once('.').unwrap_or((kind, ""));
    let text = match about {
        "denial" => of_case(what),
        "sign_in" | "sign_out" => at_the_door(kind),
        "person" => of_person(what),
        "practice" | "issuer" => of_practice(kind),
        "outbox" => of_outbox(what),
        "appeal" | "packet" => of_draft(kind),
        "project" => of_project(what),
        "peer" | "review" => of_beyond(kind),
        "correction" => of_correction(what),
        "request" => of_request(what),
        "payer" => (what == "card_saved").then_some("Changed the card of a payer"),
        "remittance" | "match" | "rejection" | "file" | "claims" => of_files(kind),
        _ => seen_or_kept(kind),
    };
    text.map_or_else(|| unknown(about, what), str::to_owned)
}

/// A kind that has no sentence: what it is about, then what happened.
fn unknown(about: &str, what: &str) -> String {
    match what {
        "viewed" => format!("Looked at a list: {}", words::lower(about)),
        _ => format!("{}: {}", words::label(about), words::lower(what)),
    }
}

fn of_case(what: &str) -> Option<&'static str> {
    Some(match what {
        "opened" => "A case was opened for a denial",
        "refiled" => "A file said more of the denied lines",
        "joined" => "The claim behind the case became better known",
        "clocked" => "The clocks of the case were set again",
        "posted" => "Posted money on the case",
        "scheduled" => "The next action followed from what was done",
        "planned" => "Planned the next action",
        "assigned" => "Gave the case to somebody",
        "owned" => "The case belongs to another role or person now",
        "taken" => "Took the case to work on it",
        "released" => "Released the case",
        "recategorized" => "Set another reason for the denial",
        "root_cause_set" => "Set the root cause",
        "sub_status_set" => "Set the sub-status",
        "snoozed" => "Put the case off",
        "contacted" => "Logged a contact with the payer",
        "promised" => "The payer promised something by a day",
        "promise_kept" => "The payer did what it had promised",
        "promise_broken" => "The day of a payer's promise passed and nothing came",
        "request_came" => "A letter of the payer came that is no denial",
        "request_ended" => "A letter of the payer waits no more",
        "attached" => "Attached a document",
        "asked" => "Asked a colleague",
        "answered" => "Answered a question",
        "escalated" => "The case was brought to somebody who must hear of it",
        "line_set_aside" => "Set a line aside",
        "line_brought_back" => "Brought a line back to be worked on",
        "line_split" => "Made a line a case of its own",
        "ticked" => "Ticked a corrective step",
        "noted" => "Wrote a note",
        "write_off_proposed" => "Proposed a write-off",
        "write_off_approved" => "Approved a write-off",
        "write_off_declined" => "Declined a write-off",
        "undone" => "Took back what was done last",
        _ => return moved(what),
    })
}

fn of_draft(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "appeal.drafted" => "Began a letter to the payer",
        "appeal.written" => "Wrote on a letter to the payer",
        "appeal.built" => "Built the packet of a letter",
        "appeal.signed" => "Signed the packet of a letter",
        "appeal.sent" => "The packet of a letter was sent",
        "appeal.given_up" => "Gave up a letter to the payer",
        "appeal.viewed" => "Opened a letter to the payer",
        "packet.downloaded" => "Downloaded the packet of a letter",
        "packet.exported" => "Wrote the packet of a letter to a file",
        _ => return None,
    })
}

fn of_beyond(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "peer.told" => "Told of a peer-to-peer conversation",
        "review.fact_told" => "Told a fact for a way outside the payer",
        _ => return None,
    })
}

fn of_project(what: &str) -> Option<&'static str> {
    Some(match what {
        "begun" => "Began a project appeal",
        "saved" => "Wrote on the letter of a project appeal",
        "set" => "Set letter and list of a project appeal",
        "sent" => "Recorded that a project appeal went",
        "referred" => "Entered the payer's reference of a project appeal",
        "dropped" => "Gave up a project appeal",
        "downloaded" => "Downloaded the letter or list of a project appeal",
        _ => return None,
    })
}

fn moved(what: &str) -> Option<&'static str> {
    Some(match what {
        "reviewed" => "Started the review",
        "resubmitted" => "Recorded a corrected claim that was sent",
        "appealed" => "Recorded an appeal that was sent",
        "acknowledged" => "Recorded the payer's receipt",
        "rejected" => "What was sent was rejected before adjudication",
        "upheld" => "The payer denied it again",
        "withdrawn" => "Withdrew what was sent",
        "overturned" => "The payer gave way",
        "disputed" => "Disputed the payment",
        "settled" => "The case closed with every cent explained",
        "written_off" => "Wrote off what was outstanding",
        "reopened" => "Opened the case again",
        _ => return None,
    })
}

fn at_the_door(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "sign_in.done" => "Signed in",
        "sign_in.failed" => "Failed to sign in",
        "sign_in.code_asked" => "Gave the right password; a code was asked for",
        "sign_in.code_refused" => "Gave a wrong code",
        "sign_in.passkey_refused" => "Showed a passkey that was refused",
        "sign_in.passkey_counter_went_back" => "Showed a passkey that may be a copy",
        "sign_in.issuer_refused" => "Signing in by another house was refused",
        "sign_in.issuer_unknown" => "Another house named somebody whom nobody here is tied to",
        "sign_out.done" => "Signed out",
        _ => return None,
    })
}

fn of_person(what: &str) -> Option<&'static str> {
    Some(match what {
        "made" => "Added a person",
        "role_given" => "Gave a person a role",
        "let_in" => "Let a person in again",
        "shut_out" => "Shut a person out",
        "sessions_ended" => "Ended sessions of a person",
        "password_changed" => "Changed their password",
        "password_set" => "Set the password of a person",
        "password_refused" => "Gave a wrong password for a change of their account",
        "code_refused" => "Gave a wrong code for a change of their account",
        "factor_set_up" => "Set up codes of an app",
        "factor_removed" => "Removed codes of an app",
        "recovery_codes_made" => "Made new recovery codes",
        "passkey_added" => "Added a passkey",
        "passkey_removed" => "Removed a passkey",
        "passkey_refused" => "A new passkey was refused",
        "tied" => "Tied a person to their name at another house",
        "untied" => "Untied a person from their name at another house",
        _ => return None,
    })
}

fn of_practice(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "practice.made" => "Made the practice",
        "practice.chosen" => "Went to another practice",
        "practice.changed" => "Changed the practice",
        "practice.letterhead_set" => "Changed what heads the practice's letters",
        "practice.masks_set" => "Said before whom names are masked",
        "practice.second_factor_set" => "Said who needs a second factor",
        "practice.payee_added" => "Added a number under which the practice is paid",
        "practice.payee_removed" => "Removed a number under which the practice was paid",
        "practice.copied" => "Copied the whole database",
        "practice.exported" => "Exported the practice",
        "issuer.set" => "Set the house that signs people in",
        "issuer.off" => "Turned off the house that signs people in",
        _ => return None,
    })
}

fn of_files(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "file.taken" => "Took a file in",
        "file.refused" => "A file was refused",
        "claims.taken" => "Took billed claims in",
        "remittance.taken" => "Took a remittance in",
        "remittance.keyed" => "Keyed a remittance in",
        "remittance.in_conflict" => "Another remittance of the same payment came",
        "remittance.counts" => "Let a remittance count",
        "remittance.set_aside" => "Set a remittance aside",
        "remittance.looked_at" => "Looked at a remittance that does not add up",
        "remittance.viewed" => "Opened a remittance",
        "match.accepted" => "Said that a payment is of a claim",
        "match.declined" => "Said that a payment is not of a claim",
        "match.opened_again" => "Opened a match again",
        "match.confirmed" => "Confirmed that a doubtful payment is of its claim",
        "match.doubted_again" => "Doubted a payment again",
        "match.parted" => "Sent a payment to a claim of its own",
        "rejection.received" => "A rejection came",
        "rejection.resolved" => "Resolved a rejection",
        "remittance.reviewed" => "Reviewed a remittance",
        _ => return None,
    })
}

fn of_outbox(what: &str) -> Option<&'static str> {
    Some(match what {
        "queued" => "Queued what is to leave the house",
        "called_back" => "Called back what was to leave",
        "taken_back" => "Took away what a try had left on the other side",
        "not_taken_back" => "Could not take away what a try had left on the other side",
        "again" => "Let what had failed to leave try again",
        "leaving" => "What was queued began to leave",
        "uploaded" => "What leaves was there whole, under a temporary name",
        "sent" => "It left the house",
        "put_off" => "It could not be handed over and tries again later",
        "failed" => "It did not leave; somebody has to look",
        "case_stayed" => "A case did not move with what left",
        "answered" => "What left was answered",
        _ => return None,
    })
}

fn of_request(what: &str) -> Option<&'static str> {
    Some(match what {
        "kept" => "Keyed a letter of a payer that is no denial",
        "redated" => "A payer asked again, with another last day",
        "viewed" => "Opened a letter of a payer",
        "answered" => "Answered a letter of a payer, with proof",
        "closed" => "Closed a letter of a payer without an answer",
        "escalated" => "A payer's letter whose day has passed was brought to somebody",
        _ => return None,
    })
}

fn of_correction(what: &str) -> Option<&'static str> {
    Some(match what {
        "saved" => "Saved the correction of the claim",
        "asked" => "Asked a coder to approve the correction’s codes",
        "approved" => "Approved the correction’s codes",
        "declined" => "Declined what was to change in the claim’s codes",
        "sent" => "Confirmed the payer’s terms and sent the corrected claim to the outbox",
        "batch_begun" => "Began one change on many claims",
        "batch_ready" => "Each claim of a batch was looked at",
        "batch_viewed" => "Printed the claims of a batch",
        "batch_stopped" => "Stopped a batch of corrected claims",
        "batch_stuck" => "A batch of corrected claims stopped by itself",
        "batch_went_on" => "Went on with a batch of corrected claims",
        "batch_asked" => "Asked coders to approve the codes of a batch",
        "batch_approved" => "Approved the codes of a batch",
        "batch_declined" => "Declined the codes of a batch",
        "batch_left_out" => "Left claims out of a batch",
        "batch_sending" => "Confirmed the payers’ terms and sent a batch of corrected claims",
        "batch_sent" => "Every claim of a batch that could go is in the outbox",
        "batch_dropped" => "Dropped a batch of corrected claims",
        _ => return None,
    })
}

fn seen_or_kept(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "case.viewed" => "Opened a case",
        "case.exported" => "Took a case out",
        "case.refused" => "Was refused a case",
        "claim.refused" => "Was refused a claim",
        "claim.viewed" => "Opened a claim",
        "claim.followed" => "Noted what was done about a claim without an answer",
        "correction.prepared" => "A rule prepared a correction",
        "rule.acted" => "A rule acted on the case",
        "rule.would_act" => "A rule in the shadow would have acted on the case",
        "rule.refused" => "What a rule would do was refused",
        "rule.stopped" => "A rule stopped itself",
        "rule.started" => "Started a rule again that had stopped itself",
        "status.asked" => "A payer was asked where a claim stands",
        "status.answered" => "A payer answered where a claim stands",
        "status.not_planned" => "What a payer's answer asks for was not planned",
        "claim.billed_next" => "Queued a claim to the payer that comes next",
        "claim.cover_told" => "Told another cover of the patient",
        "claim.cover_forgotten" => "Took back another cover that somebody had told",
        "question.viewed" => "Opened a question",
        "document.downloaded" => "Downloaded a document",
        "scan.downloaded" => "Downloaded a scan",
        "names.shown" => "Had the name of a patient shown",
        "emergency.opened" => "Opened a case in an emergency",
        "emergency.looked_at" => "Looked at what was opened in an emergency",
        "codes.held" => "Put a code list in effect",
        "codes.taken_back" => "Withdrew a code list",
        "codes.put_back" => "Put a code list back in effect",
        "protection.ruled" => "The rules said whether a claim is specially protected",
        "protection.set" => "Tagged a record as specially protected",
        "protection.lifted" => "Said that a record is not specially protected",
        "hold.placed" => "Placed a legal hold",
        "hold.lifted" => "Lifted a legal hold",
        "retention.purged" => "Took bytes out that were past their time",
        "act.refused" => "Was refused an act",
        "page.refused" => "Was refused a page",
        "command.refused" => "Was refused a command",
        "journal.exported" => "Exported the journal",
        "queue.exported" => "Exported cases of the queue",
        "rules.saved" => "Saved rules",
        "rules.exported" => "Exported rules",
        "view.saved" => "Kept a view of the queue",
        "view.forgotten" => "Forgot a view of the queue",
        _ => return None,
    })
}

/// A fact of an entry, such as `role front_desk`, in words.
pub(crate) fn fact(name: &str, text: &str) -> String {
    match name {
        "why" => text.to_owned(),
        "what" => Act::from_name(text)
            .map_or_else(|| text.to_owned(), |act| act_words::of(act).0.to_lowercase()),
        "role" => format!("as {}", words::lower(text)),
        "kind" if text.contains('.') => format!("only: {}", lower(&said(text))),
        "kind" => words::lower(text),
        "who" => format!("of {text}"),
        "name" | "value" => text.to_owned(),
        "login" => format!("signs in as {text}"),
        "rows" => text.parse().map_or_else(|_| String::new(), |n| words::counted(n, "row", "rows")),
        name => format!("{} {text}", words::lower(name)),
    }
}

/// A sentence within another.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_a_sentence_and_an_unknown_one_is_told_as_it_is() {
        assert_eq!(said("denial.planned"), "Planned the next action");
        assert_eq!(said("denial.line_split"), "Made a line a case of its own");
        assert_eq!(said("matches.viewed"), "Looked at a list: matches");
        assert_eq!(said("moon.landed_on"), "Moon: landed on");
        assert_eq!(fact("what", "plan"), "plan the next action");
        assert_eq!(fact("what", "/cases/{id}"), "/cases/{id}");
        assert_eq!(fact("role", "front_desk"), "as front desk");
    }

    #[test]
    fn every_kind_that_the_program_writes_has_a_sentence() {
        let mut silent = Vec::new();
        for (path, text) in sources() {
            for kind in kinds(&text) {
                let (about, what) = kind.split_once('.').expect("a kind has two parts");
                if what != "viewed" && said(kind) == unknown(about, what) {
                    silent.push(format!("{path}: {kind}"));
                }
            }
        }
        assert!(silent.is_empty(), "{silent:#?}");
    }

    /// The sources of the program and of the field, with their paths.
    fn sources() -> Vec<(String, String)> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut folders = vec![root.join("reclaim/src"), root.join("denial/src")];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ext| ext == "rs") {
                    let text = std::fs::read_to_string(&path).expect("a text");
                    found.push((path.display().to_string(), text));
                }
            }
        }
        found
    }

    /// Texts that look like a kind of entry.
    fn kinds(text: &str) -> impl Iterator<Item = &str> {
        const ABOUT: [&str; 23] = [
            "rule",
            "status",
            "payer",
            "request",
            "outbox",
            "codes",
            "denial",
            "sign_in",
            "sign_out",
            "person",
            "practice",
            "issuer",
            "remittance",
            "match",
            "rejection",
            "file",
            "claims",
            "case",
            "claim",
            "names",
            "emergency",
            "rules",
            "view",
        ];
        let is_word = |part: &str| {
            !part.is_empty() && part.chars().all(|one| one.is_ascii_lowercase() || one == '_')
        };
        text.split('"').filter(move |part| {
            part.split_once('.').is_some_and(|(about, what)| {
                ABOUT.contains(&about)
                    && is_word(what)
                    && !matches!(what, "toml" | "html" | "edi" | "js")
            })
        })
    }
}
