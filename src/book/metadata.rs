//! What a book says of itself: `ComicInfo.xml` of a comic archive and the OPF package of an EPUB. Pure, and never fails:
//! what cannot be read, or is not plausible, stays empty.

use super::xml::{Element, elements};
use crate::domain::{
    language::iso_639_1,
    release::{Kind, parse},
    volume::{MAX_SET, VolumeNumber, VolumeSet},
};

/// The longest title that is taken for one, in bytes.
const MAX_TITLE: usize = 300;

/// The most volumes that one file may claim to hold.
const MAX_CLAIM: usize = 200;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Title of the series.
    pub series: Option<String>,
    /// ComicInfo `Number`, or the position in the EPUB's collection.
    pub number: Option<VolumeSet>,
    /// ComicInfo `Volume`: a volume, or the year or the run of the series, depending on who wrote it.
    pub volume: Option<VolumeSet>,
    /// How many volumes the series has.
    pub count: Option<u32>,
    /// ISO 639-1.
    pub language: Option<&'static str>,
}

/// Reads a `ComicInfo.xml`.
pub fn comic_info(document: &[u8]) -> Metadata {
    let elements = elements(
        document,
        &["Series", "Number", "Volume", "Count", "LanguageISO"],
    );
    let text = |name: &str| {
        elements
            .iter()
            .find(|element| element.name == name)
            .map(|element| element.text.as_str())
    };
    Metadata {
        series: text("Series").and_then(title),
        number: text("Number").and_then(numbers),
        volume: text("Volume").and_then(numbers),
        count: text("Count")
            .and_then(|count| count.trim().parse().ok())
            .filter(|count| (1..=MAX_SET as u32).contains(count)),
        language: text("LanguageISO").and_then(iso_639_1),
    }
}

/// The path of the OPF package that an EPUB's `META-INF/container.xml` names.
pub fn package_path(container: &[u8]) -> Option<String> {
    elements(container, &["rootfile"])
        .iter()
        .find_map(|file| file.attribute("full-path").map(ToOwned::to_owned))
}

/// Reads an OPF package: the collection of EPUB 3, else what calibre writes, else a title that names its volume.
pub fn package(document: &[u8]) -> Metadata {
    let elements = elements(document, &["title", "language", "meta"]);
    let text = |name: &str| {
        elements
            .iter()
            .find(|element| element.name == name)
            .map(|element| element.text.as_str())
    };
    let (series, number) = collection(&elements)
        .or_else(|| calibre(&elements))
        .or_else(|| titled(text("title")?))
        .unzip();
    Metadata {
        series,
        number: number.flatten(),
        language: text("language").and_then(iso_639_1),
        ..Metadata::default()
    }
}

/// `<meta property="belongs-to-collection" id="c">…</meta>` and what refines `#c` (EPUB 3.3, D.4.3).
fn collection(elements: &[Element]) -> Option<(String, Option<VolumeSet>)> {
    let refined = |collection: &Element, property: &str| {
        let id = collection.attribute("id")?;
        elements
            .iter()
            .find(|element| {
                element.attribute("property") == Some(property)
                    && element
                        .attribute("refines")
                        .is_some_and(|refines| refines.strip_prefix('#') == Some(id))
            })
            .map(|element| element.text.trim())
    };
    let collections = || {
        elements
            .iter()
            .filter(|element| element.attribute("property") == Some("belongs-to-collection"))
    };
    let series = collections()
        .find(|collection| refined(collection, "collection-type") == Some("series"))
        .or_else(|| {
            collections().find(|collection| refined(collection, "collection-type").is_none())
        })?;
    let position = refined(series, "group-position").and_then(numbers);
    Some((title(&series.text)?, position))
}

/// `<meta name="calibre:series" content="…"/>`. Its index means nothing without a series: calibre always writes 1.
fn calibre(elements: &[Element]) -> Option<(String, Option<VolumeSet>)> {
    let content = |name: &str| {
        elements
            .iter()
            .find(|element| element.attribute("name") == Some(name))?
            .attribute("content")
    };
    let series = content("calibre:series").and_then(title)?;
    Some((series, content("calibre:series_index").and_then(numbers)))
}

/// The title of a book is one of a series only when it names a volume: `One Piece - Tome 98`.
fn titled(book: &str) -> Option<(String, Option<VolumeSet>)> {
    let release = parse(book, Kind::Auto);
    let series = release.series.as_deref().and_then(title)?;
    (release.marked && !release.volumes.is_empty()).then_some((series, Some(release.volumes)))
}

/// `3`, `03`, `#3`, `10.5`, `1-3`. A comma is not read: `1,5` is a decimal to some and a list to others.
pub fn numbers(text: &str) -> Option<VolumeSet> {
    let text = text.trim().trim_start_matches('#');
    if text.contains(',') {
        return None;
    }
    if text.contains('-') {
        return text
            .parse()
            .ok()
            .filter(|set: &VolumeSet| !set.is_empty() && set.len() <= MAX_CLAIM);
    }
    let number: VolumeNumber = text.parse().ok()?;
    Some(VolumeSet::from_iter([number]))
}

/// One line without control characters, or nothing.
fn title(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let title = words.join(" ");
    (title.len() <= MAX_TITLE && title.contains(char::is_alphanumeric)).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Option<VolumeSet> {
        Some(text.parse().expect("a set"))
    }

    #[test]
    fn a_comic_info_is_read_whole() {
        let document = "\u{feff}<?xml version=\"1.0\"?><ComicInfo xmlns:xsd=\"x\"><Title>Les r\u{f4}nins</Title>\
             <Series>Tom &amp; Jerry &#233; <![CDATA[<3]]></Series><Number>03</Number><Volume>2004</Volume><Count>12</Count>\
             <LanguageISO>fr-FR</LanguageISO><Pages><Page Image=\"0\"/></Pages></ComicInfo>";
        let expected = Metadata {
            series: Some("Tom & Jerry é <3".into()),
            number: set("3"),
            volume: set("2004"),
            count: Some(12),
            language: Some("fr"),
        };
        assert_eq!(comic_info(document.as_bytes()), expected);
        let utf16: Vec<u8> = document.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(comic_info(&utf16), expected);
    }

    #[test]
    fn numbers_are_taken_only_when_they_are_numbers() {
        for (text, expected) in [
            ("3", set("3")),
            (" 03 ", set("3")),
            ("#7", set("7")),
            ("0", set("0")),
            ("10.5", set("10.5")),
            ("3.0", set("3")),
            ("1-3", set("1-3")),
            ("", None),
            ("-1", None),
            ("1,5", None),
            ("1-3000", None),
            ("10000", None),
            ("-100000", None),
            ("HS1", None),
        ] {
            let document = format!("<ComicInfo><Number>{text}</Number></ComicInfo>");
            assert_eq!(comic_info(document.as_bytes()).number, expected, "{text}");
        }
    }

    #[test]
    fn implausible_counts_languages_and_titles_stay_empty() {
        let document = "<ComicInfo><Series> - </Series><Count>-1</Count><LanguageISO>und</LanguageISO></ComicInfo>";
        assert_eq!(comic_info(document.as_bytes()), Metadata::default());
        let endless = format!(
            "<ComicInfo><Series>{}</Series></ComicInfo>",
            "a".repeat(9000)
        );
        assert_eq!(comic_info(endless.as_bytes()).series, None);
    }

    #[test]
    fn a_broken_document_gives_what_stands_before_the_break() {
        for (document, series) in [
            (
                "<ComicInfo><Series>Naruto</Series><Number>3<",
                Some("Naruto"),
            ),
            (
                "<ComicInfo><Series>Fire & Blood</Series>",
                Some("Fire & Blood"),
            ),
            ("<ComicInfo><Series>Naruto", None),
            ("", None),
            ("\0\0\0", None),
            ("<<<>>>&&&;;;]]>", None),
        ] {
            let read = comic_info(document.as_bytes());
            assert_eq!(read.series.as_deref(), series, "{document}");
            assert_eq!(read.number, None, "{document}");
        }
        assert_eq!(comic_info(&[0xff, 0xfe, 0x00]), Metadata::default());
    }

    #[test]
    fn the_container_names_the_package() {
        let container = r#"<container xmlns="urn:oasis"><rootfiles><rootfile full-path="OEBPS/a&amp;b.opf" media-type="x"/></rootfiles></container>"#;
        assert_eq!(
            package_path(container.as_bytes()).as_deref(),
            Some("OEBPS/a&b.opf")
        );
        assert_eq!(package_path(b"garbage"), None);
    }

    #[test]
    fn a_package_gives_its_series_by_collection_by_calibre_or_by_its_title() {
        for (metadata, series, number) in [
            (
                r##"<dc:title>Le vol</dc:title><dc:language>fr</dc:language>
                    <meta property="belongs-to-collection" id="s">Classiques</meta><meta refines="#s" property="collection-type">set</meta>
                    <meta property="belongs-to-collection" id="c">Fondation</meta><meta refines="#c" property="collection-type">series</meta>
                    <meta refines="#c" property="group-position">2</meta>"##,
                Some("Fondation"),
                set("2"),
            ),
            (
                r##"<meta property="belongs-to-collection" id="c">Fondation</meta><meta refines="#c" property="group-position">3.5</meta>"##,
                Some("Fondation"),
                set("3.5"),
            ),
            (
                r#"<meta name="calibre:series_index" content="4.0"/><meta name="calibre:series" content="L&apos;Épée"/>"#,
                Some("L'Épée"),
                set("4"),
            ),
            (
                r#"<meta name="calibre:series_index" content="1.0"/>"#,
                None,
                None,
            ),
            (
                "<dc:title>One Piece - Tome 98 : Les neuf</dc:title>",
                Some("One Piece"),
                set("98"),
            ),
            ("<dc:title>Le Petit Prince</dc:title>", None, None),
            ("<dc:title>1984</dc:title>", None, None),
        ] {
            let document =
                format!(r#"<package xmlns:dc="d"><metadata>{metadata}</metadata></package>"#);
            let read = package(document.as_bytes());
            assert_eq!(
                (read.series.as_deref(), read.number),
                (series, number),
                "{metadata}"
            );
        }
    }
}
