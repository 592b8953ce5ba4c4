//! Feeds for people's feed readers: RSS 2.0 without anything of Torznab. Pure.

use super::{rss::day, xml};

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its own for ever.
    pub id: String,
    /// A headline.
    pub title: String,
    /// A sentence; may be empty.
    pub text: String,
    /// Milliseconds since the epoch.
    pub at: i64,
}

/// The document.
pub fn plain(title: &str, description: &str, home: &str, entries: &[Entry]) -> String {
    let mut xml = xml::document();
    xml.open("rss", &[("version", "2.0")]);
    xml.open("channel", &[]);
    xml.text("title", title);
    xml.text("description", description);
    xml.text("link", home);
    for entry in entries {
        xml.open("item", &[]);
        xml.text("title", &entry.title);
        xml.open("guid", &[("isPermaLink", "false")]);
        xml.only_text(&entry.id);
        xml.close("guid");
        xml.text("pubDate", &day(entry.at));
        xml.text("description", &entry.text);
        xml.close("item");
    }
    xml.close("channel");
    xml.close("rss");
    xml.end()
}
