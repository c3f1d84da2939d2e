//! The separators that an interchange declares in its ISA, found by counting, not at fixed bytes.

use memchr::memchr_iter;

/// The four separators of an interchange. They go with every segment: aligned, they are copied in
/// one step, where five single bytes stall the reading that follows.
#[repr(align(8))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between elements; the byte after `ISA`.
    pub element: u8,
    /// Between the components of an element (ISA16).
    pub component: u8,
    /// Between repetitions (ISA11); `None` in versions before 00402, where ISA11 is a letter.
    pub repetition: Option<u8>,
    /// After each segment; the byte after ISA16.
    pub segment: u8,
}

/// What is used where no ISA declares anything.
pub const USUAL: Delimiters =
    Delimiters { element: b'*', component: b':', repetition: Some(b'^'), segment: b'~' };

/// Elements of an ISA.
const ISA_ELEMENTS: usize = 16;

/// An ISA is 106 bytes by the guide; padded and blank-ridden ones are longer.
pub const ISA_LIMIT: usize = 512;

impl Delimiters {
    /// Reads the separators of an ISA that begins at the first byte; `None` where the bytes are no
    /// ISA: other letters, or fewer than sixteen separators within [`ISA_LIMIT`] bytes.
    #[must_use]
    pub fn of_isa(bytes: &[u8]) -> Option<Delimiters> {
        let bytes = bytes.get(..ISA_LIMIT.min(bytes.len()))?;
        // Some senders pad even the id with blanks.
        let element = bytes.strip_prefix(b"ISA")?.iter().copied().find(|byte| *byte != b' ')?;
        if element.is_ascii_alphanumeric() {
            return None;
        }
        let mut separators = memchr_iter(element, bytes);
        let eleventh = separators.nth(10)?;
        let sixteenth = separators.nth(ISA_ELEMENTS - 12)?;
        let component = *bytes.get(sixteenth + 1)?;
        let segment = segment_terminator(bytes, sixteenth + 1)?;
        let repetition = bytes.get(eleventh + 1).copied().filter(|byte| is_separator(*byte));
        let repetition = repetition.filter(|byte| *byte != element && *byte != segment);
        Some(Delimiters { element, component, repetition, segment })
    }
}

/// Bytes looked at to tell separators that nothing declares.
const NEARBY: usize = 4_096;

impl Delimiters {
    /// Separators where none are declared: the byte after the id; `~` if the text has one nearby,
    /// else the line break.
    pub(crate) fn guessed(bytes: &[u8], after_id: usize) -> Delimiters {
        let near = bytes.get(..NEARBY.min(bytes.len())).unwrap_or_default();
        let element = bytes.get(after_id).copied().unwrap_or(USUAL.element);
        let segment = if near.contains(&b'~') || !near.contains(&b'\n') { b'~' } else { b'\n' };
        Delimiters { element, segment, ..USUAL }
    }

    /// The separators as eight hexadecimal digits, to be kept beside bytes; no repetition
    /// separator is `00`.
    #[must_use]
    pub fn to_hex(self) -> String {
        let bytes = [self.element, self.component, self.repetition.unwrap_or(0), self.segment];
        format!("{:08x}", u32::from_be_bytes(bytes))
    }

    /// Reads [`Delimiters::to_hex`] back; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Delimiters> {
        let number = u32::from_str_radix(text, 16).ok().filter(|_| text.len() == 8)?;
        let [element, component, repetition, segment] = number.to_be_bytes();
        let repetition = (repetition != 0).then_some(repetition);
        Some(Delimiters { element, component, repetition, segment })
    }
}

/// The byte after ISA16, or after blanks that some senders put there. Where ISA16 itself is left
/// out, the byte in its place is followed at once by the next segment and is the terminator.
fn segment_terminator(bytes: &[u8], component: usize) -> Option<u8> {
    let rest = bytes.get(component + 1..)?;
    if opens_segment(rest) {
        return bytes.get(component).copied();
    }
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    rest.get(blanks).copied()
}

fn opens_segment(bytes: &[u8]) -> bool {
    [b"GS".as_slice(), b"TA1", b"IEA"].iter().any(|id| {
        bytes.starts_with(id) && bytes.get(id.len()).is_some_and(|byte| is_separator(*byte))
    })
}

const fn is_separator(byte: u8) -> bool {
    byte.is_ascii_punctuation() || byte.is_ascii_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       \
                       *260101*1200*^*00501*000000001*0*P*:~";

    #[test]
    fn counts_separators() {
        assert_eq!(Delimiters::of_isa(ISA.as_bytes()), Some(USUAL));
    }

    #[test]
    fn a_short_isa_is_read_too() {
        let isa = b"ISA|00||00||ZZ|S|ZZ|R|260101|1200|U|00401|1|0|P|>\r\nGS|HP";
        let found = Delimiters::of_isa(isa).expect("sixteen separators");
        assert_eq!((found.element, found.component, found.segment), (b'|', b'>', b'\r'));
        assert_eq!(found.repetition, None);
    }

    #[test]
    fn a_missing_isa16_is_not_taken_for_a_separator() {
        let isa = b"ISA*00**00**ZZ*S*ZZ*R*260101*1200*^*00501*1*0*P*~GS*HP*";
        let found = Delimiters::of_isa(isa).expect("sixteen separators");
        assert_eq!(found.segment, b'~');
    }

    #[test]
    fn other_bytes_are_no_isa() {
        assert_eq!(Delimiters::of_isa(b"ISABEL"), None);
        assert_eq!(Delimiters::of_isa(b"ISA*1*2~"), None);
        assert_eq!(Delimiters::of_isa(b""), None);
    }
}
