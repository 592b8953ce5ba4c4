//! What a feed can be asked: the document of `t=caps`, and of `t=indexers`. Pure.

use super::{
    Feed,
    category::{BOOKS, SORTS},
    request::PAGE,
    xml::{self, Xml},
};

/// Not answered, and said so: a missing element is taken for that by some, and for a fault by others.
const OTHERS: [&str; 4] = ["tv-search", "movie-search", "music-search", "audio-search"];

/// The document. `home` is where we are reached.
pub fn caps(feed: Feed, home: &str) -> String {
    let mut xml = xml::document();
    capabilities(&mut xml, feed, home);
    xml.end()
}

/// All feeds as indexers, as Jackett lists its own.
pub fn indexers(home: &str) -> String {
    let mut xml = xml::document();
    xml.open("indexers", &[]);
    for feed in Feed::ALL {
        xml.open("indexer", &[("id", feed.word()), ("configured", "true")]);
        xml.text("title", feed.title());
        xml.text("description", feed.description());
        xml.text("link", home);
        xml.text("language", "fr-FR");
        xml.text("type", "public");
        capabilities(&mut xml, feed, home);
        xml.close("indexer");
    }
    xml.close("indexers");
    xml.end()
}

fn capabilities(xml: &mut Xml, feed: Feed, home: &str) {
    let page = PAGE.to_string();
    xml.open("caps", &[]);
    xml.empty(
        "server",
        &[
            ("version", "1.0"),
            ("title", feed.title()),
            ("strapline", feed.description()),
            ("url", home),
        ],
    );
    xml.empty("limits", &[("default", &page), ("max", &page)]);
    xml.empty("registration", &[("available", "no"), ("open", "no")]);
    xml.open("searching", &[]);
    xml.empty("search", &[("available", "yes"), ("supportedParams", "q")]);
    for name in OTHERS {
        xml.empty(name, &[("available", "no"), ("supportedParams", "q")]);
    }
    let book = [
        ("available", "yes"),
        ("supportedParams", "q,title,author,year"),
    ];
    xml.empty("book-search", &book);
    xml.close("searching");
    xml.open("categories", &[]);
    let (number, name) = BOOKS;
    xml.open("category", &[("id", &number.to_string()), ("name", name)]);
    for sort in &SORTS {
        let number = sort.number.to_string();
        xml.empty("subcat", &[("id", &number), ("name", sort.name)]);
    }
    xml.close("category");
    xml.close("categories");
    xml.empty("tags", &[]);
    xml.close("caps");
}
