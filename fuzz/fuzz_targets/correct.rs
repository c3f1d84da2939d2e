//! Corrected claims: any claim is taken out, compared and checked; what its fields say can be said
//! again without changing a byte; what is written reads back equal.
#![no_main]

use denial::correction::{Draft, Field, Form, Originals, Sending, Terms, check, diff, write};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use x12::Reader;

fn drafts(bytes: &[u8]) -> Vec<Draft> {
    let (mut reader, mut originals, mut found) = (Reader::new(bytes), Originals::all(), Vec::new());
    while let Some(block) = reader.next() {
        found.extend(originals.read(&block).map(|one| one.draft().clone()));
    }
    found
}

fn written(draft: &Draft) -> Option<Vec<u8>> {
    let made = date(2026, 2, 3).at(4, 5, 0, 0);
    let sending =
        Sending { interchange: 1, group: 1, batch: "B1".to_owned(), made, test: true };
    write(&[draft], &sending).ok()
}

fn segments(draft: &Draft) -> Vec<Vec<u8>> {
    draft.segments().filter(|raw| !raw.starts_with(b"LX")).map(<[u8]>::to_vec).collect()
}

fuzz_target!(|bytes: &[u8]| {
    for original in drafts(bytes).into_iter().take(20) {
        let mut draft = original.clone();
        check(&draft, date(2026, 2, 3), Terms::default());
        for field in draft.fields() {
            let said = draft.value(field).reveal().clone();
            // What people read is what they may write: it changes nothing, or it is refused.
            let _ = draft.set(field, &said);
        }
        let _ = draft.set(Field::Note, &String::from_utf8_lossy(bytes));
        let _ = draft.set(Field::Authorization, "AUTH1");
        let _ = draft.add_line();
        diff(&original, &draft);
        let Some(once) = written(&draft) else { continue };
        assert!(draft.form() != Form::Dental);
        let read = drafts(&once);
        // Separators that are letters or blanks cannot be told from text once more.
        let own = draft.separators();
        let plain = [own.element, own.component, own.segment].iter().all(u8::is_ascii_punctuation)
            && own.repetition.is_some_and(|byte| byte.is_ascii_punctuation());
        if plain && read.len() == 1 && read[0].separators() == own {
            let twice = written(&read[0]).expect("what was read can be written");
            assert_eq!(segments(&read[0]), segments(&drafts(&twice)[0]));
        }
    }
});
