//! A page of items, as RSS with the attributes of Torznab. Pure.

use chrono::{DateTime, Datelike};

use super::{
    Feed,
    category::Categories,
    xml::{self, Xml},
};

/// The namespace that consumers look attributes up in.
const TORZNAB: &str = "http://torznab.com/schemas/2015/feed";
const NEWZNAB: &str = "http://www.newznab.com/DTD/2010/feeds/attributes/";
const ATOM: &str = "http://www.w3.org/2005/Atom";

/// A release in a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its own for ever; Mylar takes the first part of its path for its name.
    pub guid: String,
    /// Release name.
    pub title: String,
    /// Where it is fetched from.
    pub link: String,
    /// Of what is fetched there.
    pub is_ed2k: bool,
    /// Bytes.
    pub size: Option<u64>,
    /// Milliseconds since the epoch: published, else first seen.
    pub published_at: i64,
    /// What it is.
    pub categories: Categories,
    /// Who has all of it; none when that is not known.
    pub seeders: Option<u32>,
    /// Small hexadecimal digits.
    pub infohash: Option<String>,
    /// ISO 639-1.
    pub language: String,
    /// Title of its series.
    pub book: String,
    /// For people.
    pub description: String,
}

/// A page of a feed.
pub struct Page<'a> {
    /// Which feed.
    pub feed: Feed,
    /// Where we are reached.
    pub home: &'a str,
    /// Items that were left out before it.
    pub offset: usize,
    /// Of how many.
    pub total: usize,
    /// The items.
    pub items: &'a [Item],
}

/// The document.
pub fn rss(page: &Page<'_>) -> String {
    let mut xml = xml::document();
    let spaces = [
        ("version", "2.0"),
        ("xmlns:atom", ATOM),
        ("xmlns:torznab", TORZNAB),
        ("xmlns:newznab", NEWZNAB),
    ];
    xml.open("rss", &spaces);
    xml.open("channel", &[]);
    let own = format!("{}/torznab/{}", page.home, page.feed.word());
    let of_atom = [
        ("href", &*own),
        ("rel", "self"),
        ("type", "application/rss+xml"),
    ];
    xml.empty("atom:link", &of_atom);
    xml.text("title", page.feed.title());
    xml.text("description", page.feed.description());
    xml.text("link", page.home);
    xml.text("language", "fr");
    let (offset, total) = (page.offset.to_string(), page.total.to_string());
    xml.empty(
        "newznab:response",
        &[("offset", &offset), ("total", &total)],
    );
    for item in page.items {
        write(&mut xml, item);
    }
    xml.close("channel");
    xml.close("rss");
    xml.end()
}

fn write(xml: &mut Xml, item: &Item) {
    let size = item.size.unwrap_or(0).to_string();
    let categories: Vec<String> = item.categories.numbers().map(|it| it.to_string()).collect();
    xml.open("item", &[]);
    xml.text("title", &item.title);
    // Without `isPermaLink`: cross-seed cannot read a guid that has attributes.
    xml.text("guid", &item.guid);
    xml.text("link", &item.link);
    xml.text("pubDate", &day(item.published_at));
    xml.text("size", &size);
    xml.text("description", &item.description);
    for category in &categories {
        xml.text("category", category);
    }
    let kind = match item.is_ed2k {
        true => "application/x-ed2k",
        false => "application/x-bittorrent",
    };
    let enclosure = [("url", &*item.link), ("length", &size), ("type", kind)];
    xml.empty("enclosure", &enclosure);
    let mut attribute =
        |name: &str, value: &str| xml.empty("torznab:attr", &[("name", name), ("value", value)]);
    for category in &categories {
        attribute("category", category);
    }
    if item.size.is_some() {
        attribute("size", &size);
    }
    if let Some(seeders) = item.seeders {
        attribute("seeders", &seeders.to_string());
        // It is not known who else is there: at least they are.
        attribute("peers", &seeders.to_string());
    }
    if let Some(infohash) = &item.infohash {
        attribute("infohash", infohash);
    }
    if !item.book.is_empty() {
        attribute("booktitle", &item.book);
    }
    if let Some(language) = language(&item.language) {
        attribute("language", language);
    }
    xml.close("item");
}

/// As RFC 2822 has it, with two digits for the day; .NET refuses a feed with a weekday that is wrong.
pub(super) fn day(millis: i64) -> String {
    let day = DateTime::from_timestamp_millis(millis);
    let known = day.filter(|day| (1970..=9999).contains(&day.year()));
    let day = known.unwrap_or_default();
    day.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// As the applications around Prowlarr call it.
fn language(code: &str) -> Option<&'static str> {
    Some(match code {
        "fr" => "French",
        "en" => "English",
        "ja" => "Japanese",
        "de" => "German",
        "es" => "Spanish",
        "it" => "Italian",
        "pt" => "Portuguese",
        "nl" => "Dutch",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_every_reader_takes_them() {
        for (millis, written) in [
            (1_425_445_842_000, "Wed, 04 Mar 2015 05:10:42 +0000"),
            (253_402_300_800_000, "Thu, 01 Jan 1970 00:00:00 +0000"),
            (i64::MAX, "Thu, 01 Jan 1970 00:00:00 +0000"),
            (i64::MIN, "Thu, 01 Jan 1970 00:00:00 +0000"),
        ] {
            assert_eq!(day(millis), written);
        }
    }
}
