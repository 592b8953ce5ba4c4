//! Writes XML that every parser takes: what XML 1.0 does not allow is left out of texts, whatever a release is called. Pure.
//!
//! A page of a feed has some 2,500 tags: written as events of quick-xml they took a third of all that a page costs.

/// A document that is being written.
pub(super) struct Xml(String);

/// An empty one.
pub(super) fn document() -> Xml {
    Xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".into())
}

impl Xml {
    /// `<name a="…">`.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">");
    }

    /// `</name>`.
    pub fn close(&mut self, name: &str) {
        self.signs(["</", name, ">"]);
    }

    /// `<name a="…"/>`.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>");
    }

    /// `<name>text</name>`.
    pub fn text(&mut self, name: &str, text: &str) {
        self.open(name, &[]);
        self.only_text(text);
        self.close(name);
    }

    /// A text, in whatever is open.
    pub fn only_text(&mut self, mut text: &str) {
        let other = |(at, letter)| Some((at, letter, instead(letter)?));
        while let Some((at, letter, written)) = text.char_indices().find_map(other) {
            self.signs([&text[..at], written]);
            text = &text[at + letter.len_utf8()..];
        }
        self.0.push_str(text);
    }

    /// All of it.
    pub fn end(self) -> String {
        self.0
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.signs(["<", name]);
        for (name, value) in attributes {
            self.signs([" ", name, "=\""]);
            self.only_text(value);
            self.0.push('"');
        }
        self.0.push_str(end);
    }

    fn signs<const N: usize>(&mut self, signs: [&str; N]) {
        self.0.extend(signs);
    }
}

/// What stands for a letter that cannot stand for itself. Nothing does for what XML 1.0 does not allow (§2.2: most control characters, U+FFFE,
/// U+FFFF), nor for byte order marks, which some parsers stumble over in the middle.
fn instead(letter: char) -> Option<&'static str> {
    Some(match letter {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&quot;",
        '\'' => "&apos;",
        // Readers would make a space of it in an attribute (§3.3.3), and a new line of the last one anywhere (§2.11).
        '\t' => "&#9;",
        '\n' => "&#10;",
        '\r' => "&#13;",
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => "",
        // C1 is allowed, and shown by nobody.
        letter if letter.is_control() => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use quick_xml::events::Event;

    use super::*;

    #[test]
    fn hostile_texts_stay_well_formed() {
        for text in [
            "a]]>b",
            "\u{0}\u{1}\u{8}\u{b}\u{1f}\u{7f}\u{85}\u{feff}\u{fffe}\u{ffff}",
            "😀 \u{202e}drawkcab \u{2066}x\u{2069} نص",
            "<script>&amp;&#0;</script>",
            "\ttwo\r\nlines\n",
            &"é\"'<>&".repeat(2_000),
        ] {
            let mut xml = document();
            xml.open("a", &[("b", text)]);
            xml.text("c", text);
            xml.close("a");
            let written = xml.end();
            let is_kept = |letter: &char| instead(*letter) != Some("");
            let expected: String = text.chars().filter(is_kept).collect();
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
                    Event::GeneralRef(name) => match name.resolve_char_ref().expect("a number") {
                        Some(letter) => read.push(letter),
                        None => read.push_str(
                            quick_xml::escape::resolve_predefined_entity(&name).expect("known"),
                        ),
                    },
                    Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(read.trim_start_matches('\n'), expected);
            assert_eq!(attribute, expected);
        }
    }
}
