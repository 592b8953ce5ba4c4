//! Writes XML that every parser takes: what XML 1.0 does not allow is left out of texts, whatever a release is called. Pure.

use std::borrow::Cow;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

/// A document that is being written.
pub(super) struct Xml(Writer<Vec<u8>>);

/// An empty one.
pub(super) fn document() -> Xml {
    let mut xml = Xml(Writer::new(Vec::with_capacity(1024)));
    xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    xml.0.get_mut().push(b'\n');
    xml
}

impl Xml {
    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("memory can be written to");
    }

    /// `<name a="…">`.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Start(tag(name, attributes)));
    }

    /// `</name>`.
    pub fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// `<name a="…"/>`.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(tag(name, attributes)));
    }

    /// `<name>text</name>`.
    pub fn text(&mut self, name: &str, text: &str) {
        self.open(name, &[]);
        self.only_text(text);
        self.close(name);
    }

    /// A text, in whatever is open.
    pub fn only_text(&mut self, text: &str) {
        self.event(Event::Text(BytesText::new(&clean(text))));
    }

    /// All of it.
    pub fn end(self) -> String {
        String::from_utf8(self.0.into_inner()).expect("only texts were written")
    }
}

fn tag<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut tag = BytesStart::new(name);
    for (name, value) in attributes {
        tag.push_attribute((*name, &*clean(value)));
    }
    tag
}

/// Without what XML 1.0 does not allow (§2.2: most control characters, U+FFFE, U+FFFF), and without byte order marks, which some parsers stumble
/// over in the middle.
fn clean(text: &str) -> Cow<'_, str> {
    let fits = |letter: char| match letter {
        '\t' | '\n' | '\r' => true,
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        // C1 is allowed, and shown by nobody.
        letter => !letter.is_control(),
    };
    match text.chars().all(fits) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(|letter| fits(*letter)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_stay_well_formed() {
        for text in [
            "a]]>b",
            "\u{0}\u{1}\u{8}\u{b}\u{1f}\u{7f}\u{85}\u{feff}\u{fffe}\u{ffff}",
            "😀 \u{202e}drawkcab \u{2066}x\u{2069} نص",
            "<script>&amp;&#0;</script>",
            &"é\"'<>&".repeat(2_000),
        ] {
            let mut xml = document();
            xml.open("a", &[("b", text)]);
            xml.text("c", text);
            xml.close("a");
            let written = xml.end();
            let expected: String = clean(text).into_owned();
            let mut reader = quick_xml::Reader::from_str(&written);
            let (mut read, mut attribute) = (String::new(), String::new());
            loop {
                match reader.read_event().expect("XML") {
                    Event::Start(tag) if tag.name().as_ref() == "a" => {
                        let value = tag.attributes().next().expect("one").expect("one");
                        attribute = value
                            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                            .expect("text")
                            .into_owned();
                    }
                    Event::Text(text) => read.push_str(&text),
                    Event::GeneralRef(name) => {
                        read.push_str(
                            quick_xml::escape::resolve_predefined_entity(&name).expect("known"),
                        );
                    }
                    Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(read.trim_start_matches('\n'), expected);
            assert_eq!(attribute, expected);
        }
    }
}
