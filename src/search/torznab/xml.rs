//! Walks through a document that others wrote: names without their prefixes, texts and attributes of bounded length. Pure.

use quick_xml::{
    Reader,
    escape::{resolve_predefined_entity, unescape},
    events::{BytesStart, Event},
};

/// Bytes of a text or an attribute at most.
pub(super) const LONGEST: usize = 16 * 1024;
/// Attributes of an element that are looked at.
const MOST_ATTRIBUTES: usize = 50;

/// What is met on the way.
pub(super) enum Met<'a> {
    /// An element begins, or stands there empty.
    Start(&'a Element<'a>),
    /// A piece of text; long ones come in several.
    Text(&'a str),
    /// An element ends. Empty ones do, too.
    End(&'a str),
}

/// The beginning of an element.
pub(super) struct Element<'a>(&'a BytesStart<'a>);

impl Element<'_> {
    /// Its name.
    pub fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute, by its name without regard to case.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes
            .with_checks(false)
            .take(MOST_ATTRIBUTES)
            .flatten();
        let value = attributes
            .into_iter()
            .find(|attribute| {
                attribute
                    .key
                    .local_name()
                    .as_ref()
                    .eq_ignore_ascii_case(name)
            })?
            .value;
        // What is escaped wrongly is taken as it stands.
        let mut text = match unescape(&value) {
            Ok(text) => text.into_owned(),
            Err(_) => value.to_string(),
        };
        text.truncate(text.floor_char_boundary(LONGEST));
        Some(text)
    }
}

/// Goes through all of it.
///
/// # Errors
/// When it is broken, at that place.
pub(super) fn walk(text: &str, mut met: impl FnMut(Met<'_>)) -> Result<(), &'static str> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    reader.config_mut().allow_dangling_amp = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => met(Met::Start(&Element(&tag))),
            Ok(Event::Empty(tag)) => {
                let element = Element(&tag);
                met(Met::Start(&element));
                met(Met::End(element.name()));
            }
            Ok(Event::End(tag)) => met(Met::End(tag.local_name().as_ref())),
            Ok(Event::Text(part)) => met(Met::Text(&part.xml10_content())),
            Ok(Event::CData(part)) => met(Met::Text(&part.xml10_content())),
            Ok(Event::GeneralRef(part)) => match part.resolve_char_ref() {
                Ok(Some(letter)) => met(Met::Text(letter.encode_utf8(&mut [0; 4]))),
                _ => met(Met::Text(
                    resolve_predefined_entity(&part).unwrap_or_default(),
                )),
            },
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err("broken XML"),
        }
    }
}
