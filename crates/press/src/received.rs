//! A received PDF: read within bounds, its chosen pages made whole and quiet, and handed over.
//!
//! What is read here was made by others, in error or in malice. Of `lopdf` only what is safe for
//! such files is called: `get_pages` and `renumber_objects` believe the `Count` of a page tree and
//! set aside that much memory.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;
use std::panic::catch_unwind;

use lopdf::{Dictionary, Document as Pdf, Error, LoadOptions, Object, ObjectId};

use crate::Fault;
use crate::binding::{Exhibit, count};
use crate::foot::{corners, turned};

/// Pages that one exhibit may add.
const MOST_PAGES: u32 = 5_000;
/// Objects that a received file may hold.
pub(crate) const MOST_OBJECTS: usize = 500_000;
/// Bytes that a packed stream of objects may unpack to; one of 200 objects has some 50 thousand.
const MOST_UNPACKED: usize = 8 * 1024 * 1024;
/// The highest number that readers take for an object.
const HIGHEST: u32 = 8_388_607;
/// How deep in its tree a page may be.
const DEEPEST: usize = 256;

/// Reads the file of an exhibit.
pub(crate) fn read(exhibit: &Exhibit<'_>) -> Result<Pdf, Fault> {
    let label = || exhibit.label.clone();
    let options = LoadOptions::with_max_decompressed_size(MOST_UNPACKED);
    let loaded = catch_unwind(|| Pdf::load_mem_with_options(exhibit.pdf, options));
    let mut pdf = match loaded {
        Ok(Ok(pdf)) => pdf,
        Ok(Err(Error::InvalidPassword | Error::Unimplemented(_))) => {
            return Err(Fault::Locked { label: label() });
        }
        Ok(Err(Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }))) => {
            return Err(Fault::TooLarge { label: label() });
        }
        Ok(Err(_)) | Err(_) => return Err(Fault::Unreadable { label: label() }),
    };
    if pdf.trailer.has(b"Encrypt") {
        return Err(Fault::Locked { label: label() });
    }
    if pdf.objects.len() > MOST_OBJECTS {
        return Err(Fault::TooLarge { label: label() });
    }
    // There is room for new numbers above those that are left.
    pdf.objects.retain(|(number, _), _| *number <= HIGHEST);
    pdf.max_id = pdf.objects.keys().next_back().map_or(0, |(number, _)| *number);
    Ok(pdf)
}

/// The pages that an exhibit takes, in its order, each once.
pub(crate) fn chosen(exhibit: &Exhibit<'_>, pdf: &Pdf) -> Result<Vec<ObjectId>, Fault> {
    let label = || exhibit.label.clone();
    let all = pages(pdf).ok_or_else(|| Fault::TooLarge { label: label() })?;
    if all.is_empty() {
        return Err(Fault::Unreadable { label: label() });
    }
    if exhibit.pages.iter().any(|range| range.is_empty()) {
        return Err(Fault::NoPages { label: label() });
    }
    let page = |page: u32| {
        let at = page.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let missing = || Fault::NoSuchPage { label: label(), has: count(all.len()), page };
        at.and_then(|at| all.get(at)).copied().ok_or_else(missing)
    };
    let mut taken = if exhibit.pages.is_empty() {
        all.clone()
    } else {
        // A range may be absurd: the first page that is not there ends it.
        let mut seen = HashSet::new();
        let numbers = exhibit.pages.iter().cloned().flatten().filter(|page| seen.insert(*page));
        numbers.map(page).collect::<Result<_, _>>()?
    };
    // A tree may name one page under many numbers.
    let mut seen = HashSet::new();
    taken.retain(|id| seen.insert(*id));
    let pages = count(taken.len());
    if pages > MOST_PAGES {
        return Err(Fault::TooManyPages { label: label(), pages, most: MOST_PAGES });
    }
    Ok(taken)
}

/// The pages of the tree, in order; a kid that is not there is a page that nobody can read. None
/// where the tree lists more than there can be objects: its nodes may share one long list.
fn pages(pdf: &Pdf) -> Option<Vec<ObjectId>> {
    let root = pdf.catalog().ok().and_then(|catalog| catalog.get(b"Pages").ok());
    let mut waiting: Vec<ObjectId> = root.and_then(|root| place(pdf, root)).into_iter().collect();
    let (mut nodes, mut found, mut room) = (HashSet::new(), Vec::new(), MOST_OBJECTS);
    while let Some(id) = waiting.pop() {
        let node = pdf.get_dictionary(id).ok();
        let kind = node.and_then(|node| node.get(b"Type").ok()?.as_name().ok());
        let is_root = nodes.is_empty();
        if !is_root && matches!(kind, Some(b"Page") | None) {
            found.push(id);
        }
        // A tree that leads back into itself has each branch once.
        if (is_root || kind == Some(b"Pages")) && nodes.insert(id) {
            let kids = node.and_then(|node| pdf.dereference(node.get(b"Kids").ok()?).ok());
            let kids = kids.and_then(|(_, kids)| kids.as_array().ok());
            let kids = kids.map_or([].as_slice(), Vec::as_slice);
            room = room.checked_sub(kids.len())?;
            waiting.extend(kids.iter().filter_map(|kid| place(pdf, kid)).rev());
        }
    }
    Some(found)
}

/// Where a reference leads at last; the reference itself where it leads nowhere.
fn place(pdf: &Pdf, object: &Object) -> Option<ObjectId> {
    let named = object.as_reference().ok()?;
    Some(pdf.dereference(object).ok().and_then(|(id, _)| id).unwrap_or(named))
}

/// Gives each page what it inherits and takes from it what would act. What pages share stays
/// shared: a file may name one large object from every page.
pub(crate) fn make_whole(pdf: &mut Pdf, pages: &[ObjectId]) -> Option<()> {
    let mut quieted = HashSet::new();
    for id in pages {
        let mut page = mem::take(pdf.get_dictionary_mut(*id).ok()?);
        let rotate = named(pdf, &page, b"Rotate").map_or(0, |object| turned(pdf, object));
        let boxes = [b"MediaBox".as_slice(), b"CropBox"]
            .map(|key| (key, named(pdf, &page, key).and_then(|object| corners(pdf, object))));
        page.set("Rotate", rotate);
        for (key, corners) in boxes {
            page.remove(key);
            if let Some(corners) = corners {
                page.set(key, corners.map(Object::Real).to_vec());
            }
        }
        if !page.has(b"Resources")
            && let Some(resources) = inherited_resources(pdf, &page)
        {
            page.set("Resources", resources);
        }
        for key in [b"Parent".as_slice(), b"AA", b"StructParents", b"B", b"Metadata"] {
            page.remove(key);
        }
        for key in [b"Kids".as_slice(), b"Count"] {
            page.remove(key);
        }
        page.set("Type", "Page");
        quiet(pdf, &mut page, &mut quieted);
        *pdf.objects.get_mut(id)? = Object::Dictionary(page);
    }
    Some(())
}

/// What a page has under a key, or inherits.
fn named<'a>(pdf: &'a Pdf, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let own = page.get(key).ok();
    own.or_else(|| pdf.get_dictionary(giver(pdf, page, key)?).ok()?.get(key).ok())
}

/// The node that a page inherits from.
fn giver(pdf: &Pdf, page: &Dictionary, key: &[u8]) -> Option<ObjectId> {
    let mut node = page;
    for _ in 0..DEEPEST {
        let parent = place(pdf, node.get(b"Parent").ok()?)?;
        node = pdf.get_dictionary(parent).ok()?;
        if node.has(key) {
            return Some(parent);
        }
    }
    None
}

/// Where a page finds the resources that it inherits: an object of their own from now on.
fn inherited_resources(pdf: &mut Pdf, page: &Dictionary) -> Option<Object> {
    let key = b"Resources";
    let node = giver(pdf, page, key)?;
    let given = pdf.get_dictionary_mut(node).ok()?.get_mut(key).ok()?;
    if let Object::Reference(_) = given {
        return Some(given.clone());
    }
    let own = mem::replace(given, Object::Null);
    let id = pdf.add_object(own);
    pdf.get_dictionary_mut(node).ok()?.set(key, Object::Reference(id));
    Some(Object::Reference(id))
}

/// The annotations of a page as pictures: filled forms and stamps stay, links and scripts do not.
fn quiet(pdf: &mut Pdf, page: &mut Dictionary, quieted: &mut HashSet<ObjectId>) {
    let Some(listed) = page.remove(b"Annots") else { return };
    let Some(id) = place(pdf, &listed) else {
        if let Object::Array(all) = listed {
            page.set("Annots", quiet_all(pdf, all));
        }
        return;
    };
    let Ok(list) = pdf.get_object_mut(id).and_then(Object::as_array_mut) else { return };
    if quieted.insert(id) {
        let all = mem::take(list);
        let left = quiet_all(pdf, all);
        pdf.objects.insert(id, Object::Array(left));
    }
    page.set("Annots", Object::Reference(id));
}

fn quiet_all(pdf: &mut Pdf, mut all: Vec<Object>) -> Vec<Object> {
    all.retain_mut(|object| {
        let object = match object.as_reference() {
            Ok(id) => pdf.get_object_mut(id).ok(),
            Err(_) => Some(object),
        };
        object.and_then(|object| object.as_dict_mut().ok()).is_some_and(quiet_one)
    });
    all
}

/// Whether an annotation stays; it keeps nothing then that acts or leads elsewhere.
fn quiet_one(annotation: &mut Dictionary) -> bool {
    let is_link = annotation.get(b"Subtype").is_ok_and(|kind| is_name(kind, b"Link"));
    let is_shown = annotation.has(b"AP") && !is_link;
    if is_shown {
        for key in [b"A".as_slice(), b"AA", b"Dest", b"Parent", b"P", b"Popup", b"StructParent"] {
            annotation.remove(key);
        }
    }
    is_shown
}

fn is_name(object: &Object, name: &[u8]) -> bool {
    object.as_name().is_ok_and(|it| it == name)
}

/// Moves pages with all that they refer to, and says where the pages are now. Every object gets a
/// new number; a reference to what was not taken, or never was there, becomes nothing.
pub(crate) fn hand_over(mut from: Pdf, pages: &[ObjectId], to: &mut Pdf) -> Option<Vec<ObjectId>> {
    let mut moved = HashMap::new();
    for id in reachable(&from, pages) {
        moved.insert(id, to.try_new_object_id().ok()?);
    }
    for (old, new) in &moved {
        let mut object = from.objects.remove(old)?;
        redirect(&mut object, &moved);
        to.objects.insert(*new, object);
    }
    pages.iter().map(|id| moved.get(id).copied()).collect()
}

/// Every object that the pages refer to, themselves included.
fn reachable(pdf: &Pdf, pages: &[ObjectId]) -> BTreeSet<ObjectId> {
    let chosen: HashSet<ObjectId> = pages.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<ObjectId> = pages.to_vec();
    while let Some(id) = waiting.pop() {
        let Some(object) = pdf.objects.get(&id) else { continue };
        // A page that was not chosen stays out, whatever refers to it.
        let is_other = is_page(object) && !chosen.contains(&id);
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

/// Turns every reference to where its object is now.
fn redirect(object: &mut Object, moved: &HashMap<ObjectId, ObjectId>) {
    match object {
        Object::Reference(id) => {
            *object = moved.get(id).map_or(Object::Null, |new| Object::Reference(*new));
        }
        Object::Array(all) => all.iter_mut().for_each(|one| redirect(one, moved)),
        Object::Dictionary(all) => all.iter_mut().for_each(|(_, one)| redirect(one, moved)),
        Object::Stream(stream) => {
            stream.dict.iter_mut().for_each(|(_, one)| redirect(one, moved));
        }
        Object::Null
        | Object::Boolean(_)
        | Object::Integer(_)
        | Object::Real(_)
        | Object::Name(_)
        | Object::String(..) => {}
    }
}
