//! The foot of a received page: where it is, and what is written there.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document as Pdf, Object};

/// Where the foot of a page is, as somebody reads it.
pub(crate) struct Frame {
    left: f32,
    bottom: f32,
    width: f32,
    height: f32,
    turned: i64,
}

/// The visible box of a page: the crop box where there is one.
pub(crate) fn frame(pdf: &Pdf, page: &Dictionary) -> Option<Frame> {
    let named = |key: &[u8]| page.get(key).ok().and_then(|object| corners(pdf, object));
    let [x0, y0, x1, y1] = named(b"CropBox").or_else(|| named(b"MediaBox"))?;
    let turned = page.get(b"Rotate").ok().map_or(0, |object| turned(pdf, object));
    Some(Frame {
        left: x0.min(x1),
        bottom: y0.min(y1),
        width: (x1 - x0).abs(),
        height: (y1 - y0).abs(),
        turned,
    })
}

/// The four numbers of a box. Readers draw no page that is a million points wide.
pub(crate) fn corners(pdf: &Pdf, object: &Object) -> Option<[f32; 4]> {
    let (_, object) = pdf.dereference(object).ok()?;
    let all: &[Object; 4] = object.as_array().ok()?.as_slice().try_into().ok()?;
    let number = |object: &Object| pdf.dereference(object).ok()?.1.as_float().ok();
    let [x0, y0, x1, y1] = all;
    let corners = [number(x0)?, number(y0)?, number(x1)?, number(y1)?];
    corners.iter().all(|one| one.abs() < 1.0e6).then_some(corners)
}

/// By how many degrees a page is turned: from 0 to 359.
pub(crate) fn turned(pdf: &Pdf, object: &Object) -> i64 {
    let number = pdf.dereference(object).ok().and_then(|(_, object)| object.as_i64().ok());
    number.unwrap_or(0).rem_euclid(360)
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
    pub(crate) fn strip(&self, font: &str, text: &str) -> Content {
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
