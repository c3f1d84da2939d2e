//! Which files may stand beside a case: of a few kinds, by their name and by their bytes alike.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Pdf,
    Png,
    Jpeg,
    Tiff,
    /// Words, lists and X12.
    Text,
}

/// The endings of names, in words for people.
pub(crate) const ENDINGS: &str = "pdf, png, jpg, tif, txt, csv, edi, x12, 835, 837, 999 or 277";

impl Kind {
    /// What a name says by its ending.
    pub(crate) fn named(name: &str) -> Option<Kind> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "pdf" => Some(Kind::Pdf),
            "png" => Some(Kind::Png),
            "jpg" | "jpeg" => Some(Kind::Jpeg),
            "tif" | "tiff" => Some(Kind::Tiff),
            "txt" | "csv" | "edi" | "x12" | "835" | "837" | "999" | "277" | "277ca" | "ta1" => {
                Some(Kind::Text)
            }
            _ => None,
        }
    }

    /// What the browser of whoever takes it out is told.
    pub(crate) const fn media(self) -> &'static str {
        match self {
            Kind::Pdf => "application/pdf",
            Kind::Png => "image/png",
            Kind::Jpeg => "image/jpeg",
            Kind::Tiff => "image/tiff",
            Kind::Text => "text/plain",
        }
    }

    /// True where a file's bytes are of this kind.
    pub(crate) fn fits(self, path: &Path) -> io::Result<bool> {
        let mut file = File::open(path)?;
        let mut beginning = Vec::new();
        (&mut file).take(8).read_to_end(&mut beginning)?;
        let begins = |marks: &[&[u8]]| marks.iter().any(|mark| beginning.starts_with(mark));
        match self {
            Kind::Pdf => Ok(begins(&[b"%PDF"])),
            Kind::Png => Ok(begins(&[b"\x89PNG\r\n\x1a\n"])),
            Kind::Jpeg => Ok(begins(&[b"\xff\xd8\xff"])),
            Kind::Tiff => Ok(begins(&[b"II*\0", b"MM\0*"])),
            // X12 may separate by control letters, but nothing that people read holds a zero.
            Kind::Text => {
                Ok(!begins(&[b"%PDF", b"PK\x03\x04", b"MZ"]) && is_text(File::open(path)?)?)
            }
        }
    }
}

fn is_text(file: File) -> io::Result<bool> {
    let mut file = BufReader::new(file);
    let mut room = vec![0; 1 << 16];
    loop {
        match file.read(&mut room)? {
            0 => return Ok(true),
            count if room[..count].contains(&0) => return Ok(false),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(name: &str, bytes: &[u8]) -> bool {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sent");
        std::fs::write(&path, bytes).expect("written");
        Kind::named(name).is_some_and(|kind| kind.fits(&path).expect("read"))
    }

    #[test]
    fn a_file_is_what_its_name_says() {
        assert!(fits("letter.PDF", b"%PDF-1.7 made up"));
        assert!(fits("scan.png", b"\x89PNG\r\n\x1a\n...."));
        assert!(fits("scan.jpeg", b"\xff\xd8\xff\xe0..."));
        assert!(fits("fax.tif", b"II*\0...."));
        assert!(fits("proof.999", b"ISA*00*          *00*"));
        assert!(fits("note.txt", "Grüße".as_bytes()));
        assert!(fits("note.txt", b""));
    }

    #[test]
    fn what_only_says_so_will_not_do() {
        for (name, bytes) in [
            ("letter.pdf", b"<html><script>".as_slice()),
            ("letter.pdf", b"MZ\x90\0"),
            ("scan.png", b"%PDF-1.7"),
            ("scan.jpg", b"GIF89a"),
            ("note.txt", b"%PDF-1.7"),
            ("note.txt", b"PK\x03\x04 a packed file"),
            ("note.txt", b"a\0b"),
            ("page.html", b"<html>"),
            ("letter.pdf.exe", b"%PDF-1.7"),
            ("drawing.svg", b"<svg onload=x>"),
            ("letter", b"%PDF-1.7"),
            ("book.xlsm", b"PK\x03\x04"),
        ] {
            assert!(!fits(name, bytes), "{name}");
        }
    }
}
