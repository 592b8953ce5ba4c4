//! The few elements of an XML document that are wanted, from any bytes, without ever failing. Pure.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::{resolve_predefined_entity, unescape},
    events::{BytesStart, Event},
};

/// The most elements that are kept of one document.
const MAX_ELEMENTS: usize = 200;

/// An element of a document.
pub struct Element {
    /// Without its prefix.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Its text with all references resolved.
    pub text: String,
}

impl Element {
    fn new(tag: &BytesStart<'_>) -> Self {
        let mut attributes = tag.attributes();
        let attributes = attributes.with_checks(false).flatten();
        Self {
            name: tag.local_name().as_ref().to_owned(),
            attributes: attributes
                .filter_map(|attribute| {
                    let value = unescape(&attribute.value).ok()?.into_owned();
                    Some((attribute.key.as_ref().to_owned(), value))
                })
                .collect(),
            text: String::new(),
        }
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.0 == name)
            .map(|attribute| attribute.1.as_str())
    }
}

/// The elements with these names, in order, up to the first place where the document is broken.
pub fn elements(document: &[u8], wanted: &[&str]) -> Vec<Element> {
    let document = decode(document);
    let mut reader = Reader::from_str(&document);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let (mut found, mut open): (Vec<Element>, Option<Element>) = (Vec::new(), None);
    while found.len() < MAX_ELEMENTS {
        let is_wanted = |tag: &BytesStart<'_>| wanted.contains(&tag.local_name().as_ref());
        match reader.read_event() {
            Ok(Event::Start(tag)) if open.is_none() && is_wanted(&tag) => {
                open = Some(Element::new(&tag));
            }
            Ok(Event::Empty(tag)) if is_wanted(&tag) => found.push(Element::new(&tag)),
            Ok(Event::End(tag)) => {
                if open
                    .as_ref()
                    .is_some_and(|open| open.name == tag.local_name().as_ref())
                {
                    found.extend(open.take());
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(event) => {
                if let Some(open) = &mut open {
                    add_text(&mut open.text, &event);
                }
            }
        }
    }
    found
}

/// `Tom &amp; Jerry` comes as text, reference, text: all of them belong to the element.
fn add_text(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(letter)) => text.push(letter),
            _ => text.push_str(resolve_predefined_entity(reference).unwrap_or_default()),
        },
        _ => {}
    }
}

/// UTF-8 with or without a byte order mark, or UTF-16 with one.
fn decode(document: &[u8]) -> Cow<'_, str> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match document {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        document => String::from_utf8_lossy(document),
    }
}
