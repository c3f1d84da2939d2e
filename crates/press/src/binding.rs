//! One PDF of our own pages and received ones behind them, each received page with its exhibit and
//! its place in the packet at its foot.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use lopdf::content::{Content, Operation};
use lopdf::{Bookmark, Dictionary, Document as Pdf, Object, ObjectId, Stream, dictionary};

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
/// [`Fault`] where the file cannot be read or has no such page.
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

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn read(exhibit: &Exhibit<'_>) -> Result<Pdf, Fault> {
    let unreadable = || Fault::Unreadable { label: exhibit.label.clone() };
    let pdf = match Pdf::load_mem(exhibit.pdf) {
        Ok(pdf) => pdf,
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Unimplemented(_)) => {
            return Err(Fault::Locked { label: exhibit.label.clone() });
        }
        Err(_) => return Err(unreadable()),
    };
    if pdf.is_encrypted() {
        return Err(Fault::Locked { label: exhibit.label.clone() });
    }
    if pdf.get_pages().is_empty() { Err(unreadable()) } else { Ok(pdf) }
}

/// The pages that an exhibit takes, in its order, each once.
fn chosen(exhibit: &Exhibit<'_>, pdf: &Pdf) -> Result<Vec<ObjectId>, Fault> {
    let all = pdf.get_pages();
    if exhibit.pages.is_empty() {
        return Ok(all.into_values().collect());
    }
    let has = count(all.len());
    let mut seen = HashSet::new();
    let numbers = exhibit.pages.iter().cloned().flatten().filter(|page| seen.insert(*page));
    let page = |page: u32| {
        let missing = || Fault::NoSuchPage { label: exhibit.label.clone(), has, page };
        all.get(&page).copied().ok_or_else(missing)
    };
    // A range may be absurd: the first page that is not there ends it.
    numbers.map(page).collect()
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
        for page in chosen {
            let whole = whole_page(&from, *page).ok_or_else(unreadable)?;
            from.objects.insert(*page, Object::Dictionary(whole));
        }
        let shift = self.pdf.max_id;
        let moved = |id: ObjectId| (id.0 + shift, id.1);
        let taken = reachable(&from, chosen);
        for id in &taken {
            let Some(object) = from.objects.remove(id) else { continue };
            self.pdf.objects.insert(moved(*id), shifted(object, shift));
        }
        self.pdf.max_id = shift + taken.iter().map(|id| id.0).max().unwrap_or(0);
        let own = count(chosen.len());
        for (at, page) in chosen.iter().map(|id| moved(*id)).enumerate() {
            let at = count(at);
            let (label, number) = (&exhibit.label, at + 1);
            let text = format!("{label}, page {number} of {own}    Page {} of {total}", start + at);
            self.stamp(page, &text).ok_or_else(unreadable)?;
            self.pages.push(page);
        }
        if let Some(first) = chosen.first() {
            let title = format!("{}: {}", exhibit.label, exhibit.title);
            self.pdf.add_bookmark(Bookmark::new(title, [0.0; 3], 0, moved(*first)), None);
        }
        Ok(())
    }

    /// Writes at the foot of a page, upright as it is read, on a white strip.
    fn stamp(&mut self, page: ObjectId, text: &str) -> Option<()> {
        let dictionary = self.pdf.get_dictionary(page).ok()?.clone();
        let frame = frame(&self.pdf, &dictionary)?;
        let font = format!("Reclaim{}", self.font.0);
        let resources = self.resources_with(&dictionary, &font);
        let before = self.pdf.add_object(Stream::new(Dictionary::new(), b"q\n".to_vec()));
        let content = frame.strip(&font, text).encode().ok()?;
        let after = self.pdf.add_object(Stream::new(Dictionary::new(), content));
        let mut contents = vec![Object::Reference(before)];
        match dictionary.get(b"Contents") {
            Ok(Object::Array(parts)) => contents.extend(parts.iter().cloned()),
            Ok(Object::Reference(id)) => match self.pdf.get_object(*id) {
                Ok(Object::Array(parts)) => contents.extend(parts.iter().cloned()),
                _ => contents.push(Object::Reference(*id)),
            },
            _ => {}
        }
        contents.push(Object::Reference(after));
        let page = self.pdf.get_dictionary_mut(page).ok()?;
        page.set("Contents", contents);
        page.set("Resources", resources);
        Some(())
    }

    /// The resources of a page and our font under its own name.
    fn resources_with(&self, page: &Dictionary, name: &str) -> Dictionary {
        let resolved = |object: Option<&Object>| -> Dictionary {
            let object = object.and_then(|object| self.pdf.dereference(object).ok());
            object.and_then(|(_, object)| object.as_dict().ok()).cloned().unwrap_or_default()
        };
        let mut resources = resolved(page.get(b"Resources").ok());
        let mut fonts = resolved(resources.get(b"Font").ok());
        fonts.set(name, Object::Reference(self.font));
        resources.set("Font", fonts);
        resources
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

/// What a page inherits, and what of it may start something when it is opened or clicked.
const INHERITED: [&[u8]; 4] = [b"MediaBox", b"CropBox", b"Resources", b"Rotate"];

/// A page with all that it inherits, and without what would act.
fn whole_page(pdf: &Pdf, id: ObjectId) -> Option<Dictionary> {
    let mut page = pdf.get_dictionary(id).ok()?.clone();
    for key in INHERITED {
        if !page.has(key)
            && let Some(value) = inherited(pdf, &page, key)
        {
            page.set(key, value);
        }
    }
    for key in [b"Parent".as_slice(), b"AA", b"StructParents", b"B", b"Metadata"] {
        page.remove(key);
    }
    let annotations = quiet_annotations(pdf, &page);
    page.set("Annots", annotations);
    Some(page)
}

fn inherited(pdf: &Pdf, page: &Dictionary, key: &[u8]) -> Option<Object> {
    let mut parent = page.get(b"Parent").ok()?.as_reference().ok()?;
    let mut seen = HashSet::new();
    while seen.insert(parent) {
        let node = pdf.get_dictionary(parent).ok()?;
        if let Ok(value) = node.get(key) {
            return Some(value.clone());
        }
        parent = node.get(b"Parent").ok()?.as_reference().ok()?;
    }
    None
}

/// The annotations of a page as pictures: filled forms and stamps stay, links and scripts do not.
fn quiet_annotations(pdf: &Pdf, page: &Dictionary) -> Vec<Object> {
    let all = page.get(b"Annots").ok().and_then(|object| pdf.dereference(object).ok());
    let all = all.and_then(|(_, object)| object.as_array().ok()).cloned().unwrap_or_default();
    let quiet = |object: &Object| {
        let (_, object) = pdf.dereference(object).ok()?;
        let mut annotation = object.as_dict().ok()?.clone();
        let is_link = annotation.get(b"Subtype").is_ok_and(|kind| is_name(kind, b"Link"));
        for key in [b"A".as_slice(), b"AA", b"Dest", b"Parent", b"P", b"Popup", b"StructParent"] {
            annotation.remove(key);
        }
        let is_shown = annotation.has(b"AP") && !is_link;
        is_shown.then_some(Object::Dictionary(annotation))
    };
    all.iter().filter_map(quiet).collect()
}

fn is_name(object: &Object, name: &[u8]) -> bool {
    object.as_name().is_ok_and(|it| it == name)
}

/// Every object that the pages refer to, themselves included.
fn reachable(pdf: &Pdf, pages: &[ObjectId]) -> HashSet<ObjectId> {
    let mut seen: HashSet<ObjectId> = HashSet::new();
    let mut waiting: Vec<ObjectId> = pages.to_vec();
    while let Some(id) = waiting.pop() {
        let Some(object) = pdf.objects.get(&id) else { continue };
        // A page that was not chosen stays out, whatever refers to it.
        let is_other = is_page(object) && !pages.contains(&id);
        if !is_other && seen.insert(id) {
            references(object, &mut waiting);
        }
    }
    seen
}

fn is_page(object: &Object) -> bool {
    let kind = object.as_dict().ok().and_then(|dictionary| dictionary.get(b"Type").ok());
    kind.is_some_and(|kind| is_name(kind, b"Page") || is_name(kind, b"Pages"))
}

fn references(object: &Object, found: &mut Vec<ObjectId>) {
    match object {
        Object::Reference(id) => found.push(*id),
        Object::Array(all) => all.iter().for_each(|one| references(one, found)),
        Object::Dictionary(all) => all.iter().for_each(|(_, one)| references(one, found)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, one)| references(one, found)),
        Object::Null
        | Object::Boolean(_)
        | Object::Integer(_)
        | Object::Real(_)
        | Object::Name(_)
        | Object::String(..) => {}
    }
}

/// The same object with every reference moved.
fn shifted(object: Object, by: u32) -> Object {
    match object {
        Object::Reference((number, generation)) => Object::Reference((number + by, generation)),
        Object::Array(all) => Object::Array(all.into_iter().map(|one| shifted(one, by)).collect()),
        Object::Dictionary(all) => Object::Dictionary(shifted_all(all, by)),
        Object::Stream(mut stream) => {
            stream.dict = shifted_all(stream.dict, by);
            Object::Stream(stream)
        }
        other @ (Object::Null
        | Object::Boolean(_)
        | Object::Integer(_)
        | Object::Real(_)
        | Object::Name(_)
        | Object::String(..)) => other,
    }
}

fn shifted_all(all: Dictionary, by: u32) -> Dictionary {
    all.into_iter().map(|(key, value)| (key, shifted(value, by))).collect()
}

/// Where the foot of a page is, as somebody reads it.
struct Frame {
    left: f32,
    bottom: f32,
    width: f32,
    height: f32,
    turned: i64,
}

/// The visible box of a page: the crop box where there is one.
fn frame(pdf: &Pdf, page: &Dictionary) -> Option<Frame> {
    let numbers = |key: &[u8]| -> Option<[f32; 4]> {
        let (_, object) = pdf.dereference(page.get(key).ok()?).ok()?;
        let number = |object: &Object| pdf.dereference(object).ok()?.1.as_float().ok();
        let all: Option<Vec<f32>> = object.as_array().ok()?.iter().map(number).collect();
        all?.try_into().ok()
    };
    let [x0, y0, x1, y1] = numbers(b"CropBox").or_else(|| numbers(b"MediaBox"))?;
    let turned = page.get(b"Rotate").ok().and_then(|object| pdf.dereference(object).ok());
    let turned = turned.and_then(|(_, object)| object.as_i64().ok()).unwrap_or(0);
    Some(Frame {
        left: x0.min(x1),
        bottom: y0.min(y1),
        width: (x1 - x0).abs(),
        height: (y1 - y0).abs(),
        turned: turned.rem_euclid(360),
    })
}

impl Frame {
    /// From the page as it is read to the page as it is drawn.
    fn matrix(&self) -> [f32; 6] {
        let Frame { left, bottom, width, height, turned } = *self;
        match turned {
            90 => [0.0, 1.0, -1.0, 0.0, left + width, bottom],
            180 => [-1.0, 0.0, 0.0, -1.0, left + width, bottom + height],
            270 => [0.0, -1.0, 1.0, 0.0, left, bottom + height],
            _ => [1.0, 0.0, 0.0, 1.0, left, bottom],
        }
    }

    /// Ends what the page drew, then draws a strip with the text at the foot.
    fn strip(&self, font: &str, text: &str) -> Content {
        const SIZE: f32 = 8.0;
        // Helvetica is on average about half as wide as it is high.
        let width = SIZE * 0.5 * f32::from(u16::try_from(text.len()).unwrap_or(u16::MAX));
        let across = if self.turned % 180 == 90 { self.height } else { self.width };
        let left = ((across - width) / 2.0).max(4.0);
        let numbers = |all: &[f32]| all.iter().map(|one| Object::Real(*one)).collect();
        let text: Vec<u8> =
            text.bytes().map(|byte| if byte.is_ascii() { byte } else { b'?' }).collect();
        Content {
            operations: vec![
                Operation::new("Q", vec![]),
                Operation::new("q", vec![]),
                Operation::new("cm", numbers(&self.matrix())),
                Operation::new("g", numbers(&[1.0])),
                Operation::new("re", numbers(&[left - 4.0, 6.0, width + 8.0, SIZE + 5.0])),
                Operation::new("f", vec![]),
                Operation::new("g", numbers(&[0.0])),
                Operation::new("BT", vec![]),
                Operation::new("Tf", vec![font.into(), SIZE.into()]),
                Operation::new("Td", numbers(&[left, 9.0])),
                Operation::new("Tj", vec![Object::string_literal(text)]),
                Operation::new("ET", vec![]),
                Operation::new("Q", vec![]),
            ],
        }
    }
}
