//! `GET /{id}/api` (NewznabController, NewznabResults): one indexer, as Torznab. Number 0 is none, and answers a test release.

use poem::{Request, Response};
use quick_xml::escape::escape;

use super::{
    super::reply::{Set, parameters, raw},
    Fault, Inner, KEY, Link, Release,
    download::error_xml,
    message,
    search::{Wanted, find, read_query},
};

pub fn newznab(state: &mut Inner, request: &Request, id: &str, fault: Option<Fault>) -> Response {
    let parameters = parameters(request);
    let of = |wanted: &str| {
        let mut all = parameters.iter();
        let found = all.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value.as_str())
    };
    let function = of("t");
    if function.is_empty() {
        return error_xml(400, 200, "Missing parameter (t)");
    }
    match (id, function) {
        ("0", "caps") => return feed(caps(100)),
        ("0", "search") => return feed(rss("newznab", &[test_release()])),
        _ => {}
    }
    let Some(indexer) = state
        .indexers
        .iter()
        .find(|indexer| indexer.id.to_string() == id)
    else {
        return message(404, "Indexer Not Found");
    };
    let (number, is_usenet) = (indexer.id, indexer.protocol == "usenet");
    if !indexer.enabled {
        return error_xml(410, 410, "Indexer is disabled");
    }
    if !indexer.is_available(state.clock.now()) {
        let said = "Indexer is disabled till later due to recent failures.";
        return error_xml(429, 429, said).set("Retry-After", "900");
    }
    match function {
        "caps" => return feed(caps(state.page)),
        "search" => {}
        other => return error_xml(400, 202, &format!("No such function ({other})")),
    }
    let mut query = read_query(request, state.clock.now());
    query.term = of("q").to_owned();
    query.indexers = vec![number];
    let categories = of("cat").split(',').filter(|number| !number.is_empty());
    query.categories = categories
        .map(|number| number.parse().expect("a number"))
        .collect();
    query.limit = match query.limit {
        0 => state.page,
        limit => limit.min(state.page),
    };
    state.queries.push(query.clone());
    match fault {
        Some(Fault::RateLimited(wait)) => {
            let limited = error_xml(
                429,
                429,
                "User configurable Indexer Query Limit of 1 reached.",
            );
            return match wait {
                Some(wait) => limited.set("Retry-After", &wait.to_string()),
                None => limited,
            };
        }
        Some(Fault::Error500) => {
            let said = format!("Call to http://h/api?apikey={KEY} failed");
            return error_xml(500, 900, &said);
        }
        Some(Fault::Says(body)) => return raw("application/rss+xml", body),
        Some(Fault::Empty) => return feed(rss("torznab", &[])),
        _ => {}
    }
    let host = request.header("Host").unwrap_or_default();
    let server = format!("http://{host}{}", state.url_base);
    let wanted = Wanted {
        // Not the interactive one: what has no category is left out.
        with_category: true,
    };
    let found = find(state, &query, wanted).unwrap_or_default();
    let items = found.into_iter();
    let items: Vec<String> = items
        .map(|(place, release)| item(state, release, &server, place, is_usenet))
        .collect();
    let text = rss(if is_usenet { "newznab" } else { "torznab" }, &items);
    match fault {
        Some(Fault::Truncated) => {
            let half = (0..=text.len() / 2).rfind(|at| text.is_char_boundary(*at));
            feed(text[..half.unwrap_or_default()].to_owned())
        }
        Some(Fault::Huge) => feed(rss("torznab", &["x".repeat(50 * 1024 * 1024)])),
        _ => feed(text),
    }
}

fn feed(text: String) -> Response {
    raw("application/rss+xml", text)
}

fn caps(page: usize) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><caps><server title="Prowlarr" /><limits default="{page}" max="{page}" />
        <searching><search available="yes" supportedParams="q" /><tv-search available="no" supportedParams="q" />
        <movie-search available="no" supportedParams="q" /><music-search available="no" supportedParams="q" />
        <audio-search available="no" supportedParams="q" /><book-search available="yes" supportedParams="q" /></searching>
        <categories><category id="7000" name="Books"><subcat id="7020" name="Books/EBook" /><subcat id="7030" name="Books/Comics" />
        </category></categories><tags /></caps>"#
    )
}

fn rss(namespace: &str, items: &[String]) -> String {
    let uri = match namespace {
        "newznab" => "http://www.newznab.com/DTD/2010/feeds/attributes/",
        _ => "http://torznab.com/schemas/2015/feed",
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="1.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:{namespace}="{uri}"><channel>
<atom:link rel="self" type="application/rss+xml" /><title>Prowlarr</title>{}</channel></rss>"#,
        items.concat()
    )
}

fn test_release() -> String {
    r#"<item><title>Test Release</title><description /><guid>https://prowlarr.com</guid><prowlarrindexer id="0" type="semi-private" />
    <pubDate>Fri, 27 Nov 2026 02:30:00 +0000</pubDate><link>https://prowlarr.com</link>
    <enclosure url="https://prowlarr.com" type="application/x-nzb" /></item>"#
        .to_owned()
}

fn item(state: &Inner, release: &Release, server: &str, place: usize, is_usenet: bool) -> String {
    let title = escape(&release.title);
    let link = match release.link {
        // The feed has the link even so; only the JSON of a search leaves it out.
        Link::MagnetGuid => release.torrent.magnet(),
        _ => super::search::proxied(release, server, place),
    };
    let link = escape(&link);
    let published: chrono::DateTime<chrono::Utc> = release.published.parse().expect("RFC 3339");
    let published = published.format("%a, %d %b %Y %H:%M:%S +0000");
    let size = release.size;
    let (namespace, kind) = match is_usenet {
        true => ("newznab", "application/x-nzb"),
        false => ("torznab", "application/x-bittorrent"),
    };
    let mut attributes: Vec<(&str, String)> = Vec::new();
    for category in &release.categories {
        attributes.push(("category", category.to_string()));
    }
    if let Some(seeders) = release.seeders {
        attributes.push(("seeders", seeders.to_string()));
        attributes.push(("peers", (seeders + 1).to_string()));
    }
    if release.shows_hash {
        attributes.push(("infohash", release.torrent.hashes().id()));
    }
    let attributes = attributes.iter();
    let attributes: String = attributes
        .map(|(name, value)| format!(r#"<{namespace}:attr name="{name}" value="{value}" />"#))
        .collect();
    let categories = release.categories.iter();
    let categories: String = categories
        .map(|category| format!("<category>{category}</category>"))
        .collect();
    let guid = &state.known_by[place].1;
    let mut indexers = state.indexers.iter();
    let indexer = indexers.find(|indexer| indexer.id == release.indexer);
    let indexer = indexer.expect("an indexer");
    let privacy = match indexer.privacy {
        "semiPrivate" => "semi-private",
        privacy => privacy,
    };
    format!(
        r#"<item><title>{title}</title><description /><guid>{}</guid><prowlarrindexer id="{}" type="{privacy}">{}</prowlarrindexer>
        <pubDate>{published}</pubDate><size>{size}</size><link>{link}</link>{categories}
        <enclosure url="{link}" length="{size}" type="{kind}" />{attributes}</item>"#,
        escape(guid),
        indexer.id,
        escape(&indexer.name)
    )
}
