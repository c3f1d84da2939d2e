//! One PDF of our own pages and received ones behind them, each received page with its exhibit and
//! its place in the packet at its foot.

use std::ops::RangeInclusive;

use lopdf::{Bookmark, Dictionary, Document as Pdf, Object, ObjectId, Stream, dictionary};

use crate::foot::frame;
use crate::received::{MOST_OBJECTS, chosen, hand_over, make_whole, read};
use crate::setting::Sheets;
use crate::{Document, Fault, set};

/// A received PDF that goes into a packet.
#[derive(Clone, Debug)]
pub struct Exhibit<'a> {
    /// `Exhibit A`.
    pub label: String,
    /// What it is.
    pub title: String,
    /// The file.
    pub pdf: &'a [u8],
    /// The pages of it, from 1; all where there are none.
    pub pages: Vec<RangeInclusive<u32>>,
}

/// A whole packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The bytes to send.
    pub pdf: Vec<u8>,
    /// All its pages.
    pub pages: u32,
    /// Our own pages, as PDF/A-2b, before they were bound.
    pub own: Sheets,
    /// The page of the packet that each exhibit begins on.
    pub starts: Vec<u32>,
}

/// How many pages of a received file an exhibit takes.
///
/// # Errors
/// [`Fault`] where the file cannot be read, has no such page or too many.
pub fn pages_of(exhibit: &Exhibit<'_>) -> Result<u32, Fault> {
    let pdf = read(exhibit)?;
    Ok(count(chosen(exhibit, &pdf)?.len()))
}

/// Sets our pages and binds the exhibits behind them. `front` is asked for our pages under the page
/// on which each exhibit begins; it is asked again until the numbers hold.
///
/// # Errors
/// [`Fault`].
pub fn bind(front: impl Fn(&[u32]) -> Document, exhibits: &[Exhibit<'_>]) -> Result<Packet, Fault> {
    let mut read_all = Vec::with_capacity(exhibits.len());
    for exhibit in exhibits {
        let pdf = read(exhibit)?;
        let pages = chosen(exhibit, &pdf)?;
        read_all.push((pdf, pages));
    }
    let lengths: Vec<u32> = read_all.iter().map(|(_, pages)| count(pages.len())).collect();
    let (document, own, starts) = settle(&front, &lengths)?;
    let pages = own.pages + lengths.iter().sum::<u32>();
    let mut book = Book::begin(&document, &own)?;
    for ((exhibit, (pdf, chosen)), start) in exhibits.iter().zip(read_all).zip(&starts) {
        book.add(exhibit, pdf, &chosen, (*start, pages))?;
    }
    Ok(Packet { pdf: book.finish(&document)?, pages, own, starts })
}

/// Our pages may grow by the numbers on them: they are set until they stand still.
fn settle(
    front: &impl Fn(&[u32]) -> Document,
    lengths: &[u32],
) -> Result<(Document, Sheets, Vec<u32>), Fault> {
    let all: u32 = lengths.iter().sum();
    let mut own_pages = 1;
    for _ in 0..5 {
        let starts = starts(own_pages, lengths);
        let document = Document { packet_pages: Some(own_pages + all), ..front(&starts) };
        let own = set(&document)?;
        if own.pages == own_pages {
            return Ok((document, own, starts));
        }
        own_pages = own.pages;
    }
    Err(Fault::Setting("the page numbers do not stand still".to_owned()))
}

fn starts(own: u32, lengths: &[u32]) -> Vec<u32> {
    let mut next = own + 1;
    let place = |length: &u32| {
        let start = next;
        next += length;
        start
    };
    lengths.iter().map(place).collect()
}

pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A packet that is being bound.
struct Book {
    pdf: Pdf,
    pages: Vec<ObjectId>,
    font: ObjectId,
}

impl Book {
    fn begin(document: &Document, own: &Sheets) -> Result<Book, Fault> {
        let mut pdf = Pdf::load_mem(&own.pdf).map_err(|_| Fault::Unwritable)?;
        let pages: Vec<ObjectId> = pdf.get_pages().into_values().collect();
        for (section, start) in document.sections.iter().zip(&own.starts) {
            let at = usize::try_from(start.saturating_sub(1)).unwrap_or(usize::MAX);
            let page = *pages.get(at).ok_or(Fault::Unwritable)?;
            pdf.add_bookmark(Bookmark::new(section.title.clone(), [0.0; 3], 0, page), None);
        }
        let font = pdf.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
            "Encoding" => "WinAnsiEncoding",
        });
        Ok(Book { pdf, pages, font })
    }

    /// Takes the pages of an exhibit over, with what they refer to.
    fn add(
        &mut self,
        exhibit: &Exhibit<'_>,
        mut from: Pdf,
        chosen: &[ObjectId],
        (start, total): (u32, u32),
    ) -> Result<(), Fault> {
        let unreadable = || Fault::Unreadable { label: exhibit.label.clone() };
        make_whole(&mut from, chosen).ok_or_else(unreadable)?;
        let pages = hand_over(from, chosen, &mut self.pdf).ok_or_else(unreadable)?;
        let own = count(pages.len());
        let mut room = MOST_OBJECTS;
        for (at, page) in pages.iter().enumerate() {
            let at = count(at);
            let (label, number) = (&exhibit.label, at + 1);
            let text = format!("{label}, page {number} of {own}    Page {} of {total}", start + at);
            let contents = self.contents(*page, &mut room);
            let contents = contents.ok_or_else(|| Fault::TooLarge { label: label.clone() })?;
            self.stamp(*page, contents, &text).ok_or_else(unreadable)?;
        }
        if let Some(first) = pages.first() {
            let title = format!("{}: {}", exhibit.label, exhibit.title);
            self.pdf.add_bookmark(Bookmark::new(title, [0.0; 3], 0, *first), None);
        }
        self.pages.extend(pages);
        Ok(())
    }

    /// The streams that draw a page. Many pages may name one long list of them, which is copied
    /// for each page: none where there is no room for it.
    fn contents(&self, page: ObjectId, room: &mut usize) -> Option<Vec<Object>> {
        let page = self.pdf.get_dictionary(page).ok()?;
        let named = page.get(b"Contents").ok();
        let found = named.and_then(|object| self.pdf.dereference(object).ok());
        let contents = match (named, found) {
            (_, Some((_, Object::Array(parts)))) => {
                *room = room.checked_sub(parts.len())?;
                parts.iter().filter(|part| part.as_reference().is_ok()).cloned().collect()
            }
            (Some(Object::Reference(id)), _) => vec![Object::Reference(*id)],
            _ => Vec::new(),
        };
        Some(contents)
    }

    /// Writes at the foot of a page, upright as it is read, on a white strip.
    fn stamp(&mut self, page: ObjectId, drawn: Vec<Object>, text: &str) -> Option<()> {
        let frame = frame(&self.pdf, self.pdf.get_dictionary(page).ok()?)?;
        let font = format!("Reclaim{}", self.font.0);
        self.lend_font(page, &font)?;
        let before = self.pdf.add_object(Stream::new(Dictionary::new(), b"q\n".to_vec()));
        let content = frame.strip(&font, text).encode().ok()?;
        let after = self.pdf.add_object(Stream::new(Dictionary::new(), content));
        let mut contents = vec![Object::Reference(before)];
        contents.extend(drawn);
        contents.push(Object::Reference(after));
        self.pdf.get_dictionary_mut(page).ok()?.set("Contents", contents);
        Some(())
    }

    /// Puts our font, under its own name, into the resources of a page. Pages that share their
    /// resources, or their fonts, go on sharing them: nothing is copied.
    fn lend_font(&mut self, page: ObjectId, name: &str) -> Option<()> {
        let resources = self.shared(page, b"Resources")?;
        let fonts = self.shared(resources, b"Font")?;
        self.pdf.get_dictionary_mut(fonts).ok()?.set(name, Object::Reference(self.font));
        Some(())
    }

    /// The dictionary under a key of another, as an object of its own; a new one where there is
    /// none.
    fn shared(&mut self, holder: ObjectId, key: &[u8]) -> Option<ObjectId> {
        let value = self.pdf.get_dictionary(holder).ok()?.get(key).ok();
        let found = value.and_then(|value| self.pdf.dereference(value).ok());
        let direct = match found {
            Some((Some(id), Object::Dictionary(_))) => return Some(id),
            Some((None, Object::Dictionary(direct))) => direct.clone(),
            _ => Dictionary::new(),
        };
        let id = self.pdf.add_object(direct);
        self.pdf.get_dictionary_mut(holder).ok()?.set(key, Object::Reference(id));
        Some(id)
    }

    fn finish(mut self, document: &Document) -> Result<Vec<u8>, Fault> {
        let kids: Vec<Object> = self.pages.iter().map(|id| Object::Reference(*id)).collect();
        let length = i64::try_from(kids.len()).unwrap_or(i64::MAX);
        let tree = self.pdf.add_object(dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => length,
        });
        for page in &self.pages {
            let page = self.pdf.get_dictionary_mut(*page).map_err(|_| Fault::Unwritable)?;
            page.set("Parent", tree);
        }
        let outline = self.pdf.build_outline();
        let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => tree };
        if let Some(outline) = outline {
            catalog.set("Outlines", outline);
            catalog.set("PageMode", "UseOutlines");
        }
        catalog.set("Lang", Object::string_literal("en-US"));
        let catalog = self.pdf.add_object(catalog);
        let info = self.pdf.add_object(dictionary! {
            "Title" => lopdf::text_string(&document.title),
            "Author" => lopdf::text_string(&document.author),
            "Producer" => Object::string_literal("Reclaim"),
        });
        self.pdf.trailer = dictionary! { "Root" => catalog, "Info" => info };
        self.pdf.prune_objects();
        self.pdf.renumber_objects();
        self.pdf.version = "1.7".to_owned();
        let mut bytes = Vec::new();
        self.pdf.save_to(&mut bytes).map_err(|_| Fault::Unwritable)?;
        Ok(bytes)
    }
}
