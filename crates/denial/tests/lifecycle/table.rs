//! The printed table of moves, and what each act may begin from.

use denial::denial::Status;
use denial::lifecycle::{Act, MOVES};

fn printed() -> String {
    let mut text = format!("{:>10}", "");
    for to in Status::ALL {
        text.push_str(&format!(" {:>10}", format!("{to:?}")));
    }
    for from in Status::ALL {
        text.push_str(&format!("\n{:>10}", format!("{from:?}")));
        for to in Status::ALL {
            let mark = if MOVES.contains(&(*from, *to)) { "x" } else { "." };
            text.push_str(&format!(" {mark:>10}"));
        }
    }
    text
}

#[test]
fn the_table_has_nineteen_moves() {
    insta::assert_snapshot!(printed(), @r"
                  New   InReview  Corrected   Appealed    Pending Overturned       Paid WrittenOff
       New          .          x          .          .          .          x          .          .
  InReview          .          .          x          x          .          x          x          x
 Corrected          .          x          .          .          x          x          .          .
  Appealed          .          x          .          .          x          x          .          .
   Pending          .          x          .          .          .          x          .          .
Overturned          .          x          .          .          .          .          x          .
      Paid          .          x          .          .          .          .          .          .
WrittenOff          .          x          .          .          .          .          .          .
");
    let mut moves = MOVES.to_vec();
    moves.sort_unstable();
    moves.dedup();
    assert_eq!(moves.len(), 19);
}

#[test]
fn each_act_begins_where_the_house_says() {
    let mut text = String::new();
    for act in Act::ALL {
        let from: Vec<String> = Status::ALL
            .iter()
            .filter(|status| act.is_from(**status))
            .map(|status| format!("{status:?}"))
            .collect();
        text.push_str(&format!("{}: {}\n", act.as_str(), from.join(" ")));
    }
    insta::assert_snapshot!(text, @r"
review: New
resubmit: InReview
appeal: InReview
acknowledge: Corrected Appealed
reject: Corrected Pending
uphold: Corrected Appealed Pending
withdraw: Corrected Appealed Pending
overturn: New InReview Corrected Appealed Pending
dispute: Overturned
post: New InReview Corrected Appealed Pending Overturned
write_off: InReview
reopen: Paid WrittenOff
assign: New InReview Corrected Appealed Pending Overturned
take: New InReview Corrected Appealed Pending Overturned
release: New InReview Corrected Appealed Pending Overturned
recategorize: New InReview Corrected Appealed Pending Overturned
set_root_cause: New InReview Corrected Appealed Pending Overturned Paid WrittenOff
plan: New InReview Corrected Appealed Pending Overturned
set_sub_status: New InReview Corrected Appealed Pending Overturned
snooze: New InReview Corrected Appealed Pending Overturned
log_contact: New InReview Corrected Appealed Pending Overturned Paid WrittenOff
attach_document: New InReview Corrected Appealed Pending Overturned Paid WrittenOff
ask_colleague: New InReview Corrected Appealed Pending Overturned
answer: New InReview Corrected Appealed Pending Overturned
escalate: New InReview Corrected Appealed Pending Overturned
split_line: New InReview
tick: New InReview Corrected Appealed Pending Overturned
note: New InReview Corrected Appealed Pending Overturned Paid WrittenOff
propose_write_off: InReview
approve: InReview
decline: InReview
");
}
