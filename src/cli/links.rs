//! Links of a forum's index, as `lacunarr links` prints them.

use serde::Serialize;

use super::{Links, print::shown};
use crate::{
    app::App,
    clock::iso,
    domain::{
        release::{Hints, Lexicon, parse},
        telling::{Tongue, size},
    },
    forums::{self, FindError, ForumError, Search},
    store::{Page, Window, forum::Found},
};

/// Letters of a name behind which the columns are not in line any more.
const WIDEST: usize = 80;

/// A link. What its name does not say is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    name: &'a str,
    hash: String,
    size: u64,
    thread: Thread<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volumes: Option<String>,
    pack: bool,
    complete: bool,
    first_seen_at: String,
    last_seen_at: String,
}

#[derive(Serialize)]
struct Thread<'a> {
    id: i64,
    title: &'a str,
}

/// Why nothing was looked for.
#[derive(Debug, thiserror::Error)]
pub enum LinksError {
    /// It is not clear where to look.
    #[error(transparent)]
    Forum(#[from] ForumError),
    /// The index.
    #[error(transparent)]
    Find(#[from] FindError),
}

/// What is printed: a line for each link.
///
/// # Errors
/// When there is no such forum, or the database fails.
pub async fn lines(app: &App, asked: &Links) -> Result<Vec<String>, LinksError> {
    let row = forums::called(app, asked.source.as_deref()).await?;
    let search = Search {
        text: asked.words.join(" "),
        ..Search::default()
    };
    let window = Window {
        limit: i64::from(asked.limit),
        offset: 0,
    };
    let found = forums::find(app, row.id, &search, window).await?;
    Ok(match asked.json {
        true => found
            .records
            .iter()
            .map(|link| json(link, app.lexicon))
            .collect(),
        false => table(&found),
    })
}

/// A line of each: name, size, thread; and one that says what is not shown.
fn table(found: &Page<Found>) -> Vec<String> {
    let names = found.records.iter().map(|link| shown(&link.name));
    let names: Vec<String> = names.collect();
    let widths = names.iter().map(|name| name.chars().count());
    let width = widths.max().unwrap_or(0).min(WIDEST);
    let lines = found.records.iter().zip(&names).map(|(link, name)| {
        format!(
            "{name:width$}  {:>8}  {} ({})",
            size(link.id.size, Tongue::English),
            shown(&link.thread),
            link.thread_id
        )
    });
    let more = found.total - found.records.len() as i64;
    let rest = match (found.total, more) {
        (0, _) => Some("No link in the index has all of these words.".to_owned()),
        (_, 0) => None,
        (_, more) => Some(format!("… and {more} more; --limit shows them")),
    };
    lines.chain(rest).collect()
}

fn json(link: &Found, lexicon: &Lexicon) -> String {
    let hints = Hints {
        lexicon,
        ..Hints::default()
    };
    let read = parse(&link.name, hints);
    let line = Line {
        name: &link.name,
        hash: link.id.as_hex(),
        size: link.id.size,
        thread: Thread {
            id: link.thread_id,
            title: &link.thread,
        },
        series: read.series.as_deref(),
        volumes: (!read.volumes.is_empty()).then(|| read.volumes.to_string()),
        pack: read.is_pack(),
        complete: read.complete,
        first_seen_at: iso(link.first_seen_at),
        last_seen_at: iso(link.last_seen_at),
    };
    serde_json::to_string(&line).expect("plain data serialises")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::link::Ed2kId;

    #[test]
    fn names_stand_in_line_and_command_no_terminal() {
        let link = |name: &str, size| Found {
            thread_id: 11,
            thread: "Berserk [Miura]".into(),
            id: Ed2kId { md4: [7; 16], size },
            name: name.into(),
            first_seen_at: 0,
            last_seen_at: 0,
            gone_at: None,
        };
        let found = Page {
            total: 5,
            records: vec![
                link("Berserk T41.cbz", 91_000_000),
                link("\u{1b}[2J.cbz", 1_440_000_000),
            ],
        };
        let lines = table(&found).join("\n").replace('\u{a0}', " ");
        assert_eq!(
            lines,
            "Berserk T41.cbz     91 MB  Berserk [Miura] (11)\n\u{fffd}[2J.cbz           1.4 GB  Berserk [Miura] (11)\n… and 3 more; --limit shows them"
        );
        let none = Page {
            total: 0,
            records: Vec::new(),
        };
        assert_eq!(table(&none).len(), 1);
    }
}
