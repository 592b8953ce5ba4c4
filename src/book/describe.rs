//! What we write of a book: a small `ComicInfo.xml` (the Anansi Project's schema 2.0) of what is known, and nothing else. Pure.
//!
//! The number stands in `Number`. Komga takes it for the book's number, and Kavita's libraries of comics for the issue's. `Volume` is
//! left out: Komga makes another series of each, "Naruto (3)" (`computeSeriesFromSeriesAndVolume`), and so do others for which it is
//! the year or the run. Kavita's libraries of manga read volumes in the file's name, and `Number` as the chapter of such a volume.

use quick_xml::escape::escape;

use crate::domain::volume::VolumeSet;

/// What is known of a book.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Title of its series.
    pub series: &'a str,
    /// What it holds.
    pub volumes: &'a VolumeSet,
    /// ISO 639-1.
    pub language: &'a str,
    /// Release group.
    pub group: Option<&'a str>,
}

/// The document. A book of several volumes has no number.
pub fn comic_info(known: &Known<'_>) -> String {
    let number = known.volumes.single().map(|number| number.to_string());
    let elements = [
        ("Series", Some(known.series)),
        ("Number", number.as_deref()),
        // In the order of the schema, which is a sequence.
        ("LanguageISO", Some(known.language)),
        ("ScanInformation", known.group),
    ];
    let mut document = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ComicInfo>\n");
    for (name, text) in elements {
        // Control characters are none of XML's.
        let text: String = text
            .unwrap_or_default()
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        if !text.trim().is_empty() {
            let text = escape(text.trim());
            document.push_str(&format!("  <{name}>{text}</{name}>\n"));
        }
    }
    document.push_str("</ComicInfo>\n");
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::metadata::{self, Metadata};

    fn set(text: &str) -> VolumeSet {
        text.parse().expect("a set")
    }

    #[test]
    fn it_says_what_is_known_and_nothing_else() {
        let volumes = set("3");
        let known = Known {
            series: "Naruto",
            volumes: &volumes,
            language: "fr",
            group: Some("PapriKa+"),
        };
        assert_eq!(
            comic_info(&known),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ComicInfo>\n  <Series>Naruto</Series>\n  <Number>3</Number>\n  \
             <LanguageISO>fr</LanguageISO>\n  <ScanInformation>PapriKa+</ScanInformation>\n</ComicInfo>\n"
        );
    }

    #[test]
    fn our_own_reader_reads_the_same_again() {
        for (series, volumes, number) in [
            ("Naruto", "3", Some("3")),
            ("Tom & Jerry <3 \"é\" ]]>", "10.5", Some("10.5")),
            ("Zéro\u{1}\u{b} Deux", "0", Some("0")),
            ("1984", "1984", Some("1984")),
            ("Akira", "1-3", None),
            ("Akira", "1,4", None),
        ] {
            let volumes = set(volumes);
            let known = Known {
                series,
                volumes: &volumes,
                language: "fr",
                group: None,
            };
            let words: Vec<&str> = series
                .split(|letter: char| letter.is_whitespace() || letter.is_control())
                .filter(|word| !word.is_empty())
                .collect();
            let expected = Metadata {
                series: Some(words.join(" ")),
                number: number.map(set),
                language: Some("fr"),
                ..Metadata::default()
            };
            let document = comic_info(&known);
            assert_eq!(
                metadata::comic_info(document.as_bytes()),
                expected,
                "{document}"
            );
        }
    }
}
