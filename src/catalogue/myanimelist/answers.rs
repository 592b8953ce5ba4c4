//! What MyAnimeList answers: series one by one or in a list. Pure.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    catalogue::{
        api::{CHANGED, json},
        bounds,
    },
    domain::{
        catalogue::{Entry, Market, Statement},
        release::Kind,
        series::Status,
    },
};

#[derive(Deserialize)]
struct Found<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Hit {
    node: Node,
}

/// A series.
#[derive(Deserialize)]
pub struct Node {
    #[serde(default)]
    id: Value,
    title: Option<String>,
    alternative_titles: Option<Alternatives>,
    start_date: Option<String>,
    media_type: Option<String>,
    status: Option<String>,
    #[serde(default)]
    num_volumes: Value,
    #[serde(default)]
    authors: Vec<Author>,
}

#[derive(Deserialize)]
struct Alternatives {
    #[serde(default)]
    synonyms: Vec<String>,
    en: Option<String>,
    ja: Option<String>,
}

#[derive(Deserialize)]
struct Author {
    node: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
}

/// The hits of a search.
pub fn found(text: &str) -> Result<Vec<Entry>, &'static str> {
    let found: Found<'_> = json(text)?;
    let read = |hit: &&RawValue| serde_json::from_str::<Hit>(hit.get()).ok()?.node.entry();
    let entries: Vec<Entry> = found.data.iter().filter_map(read).collect();
    if entries.is_empty() && !found.data.is_empty() {
        return Err(CHANGED);
    }
    Ok(entries.into_iter().take(bounds::MOST_ENTRIES).collect())
}

/// A series.
pub fn series(text: &str) -> Result<Entry, &'static str> {
    let node: Node = json(text)?;
    node.entry().ok_or(CHANGED)
}

impl Node {
    /// None when it has no id or no title.
    pub fn entry(self) -> Option<Entry> {
        let id = bounds::id(&self.id)?;
        let title = bounds::line(self.title.as_deref()?)?;
        let (kind, language) = nature(self.media_type.as_deref());
        let statement = Statement {
            count: self.count(),
            status: self.status(),
            ..Statement::of(Market::Home, language)
        };
        let others = self.alternative_titles.into_iter().flat_map(|others| {
            let named = others.en.into_iter().chain(others.ja);
            named.chain(others.synonyms)
        });
        let names = self.authors.into_iter().filter_map(|author| {
            let person = author.node?;
            Some(format!("{} {}", person.first_name, person.last_name))
        });
        let year = self.start_date.as_deref().and_then(|date| {
            let year = date.split('-').next()?;
            bounds::year(year.parse().ok()?)
        });
        Some(Entry {
            id,
            titles: bounds::other_titles(&title, others),
            authors: bounds::authors(names),
            year,
            kind,
            statements: (!statement.is_empty())
                .then_some(statement)
                .into_iter()
                .collect(),
            title,
            ..Entry::default()
        })
    }

    fn status(&self) -> Option<Status> {
        match self.status.as_deref()? {
            "finished" => Some(Status::Ended),
            "currently_publishing" | "not_yet_published" => Some(Status::Ongoing),
            "on_hiatus" => Some(Status::Hiatus),
            "discontinued" => Some(Status::Abandoned),
            _ => None,
        }
    }

    /// 0 is how it says that it does not know.
    fn count(&self) -> Option<u32> {
        let is_out = self.status.as_deref() != Some("not_yet_published");
        let is_one =
            self.media_type.as_deref() == Some("one_shot") && self.status() == Some(Status::Ended);
        let count = bounds::number(&self.num_volumes).and_then(bounds::count);
        count.or(is_one.then_some(1)).filter(|_| is_out)
    }
}

/// What its word for the type means: the kind, and the language of home.
fn nature(word: Option<&str>) -> (Option<Kind>, Option<&'static str>) {
    match word.unwrap_or_default() {
        "manga" | "one_shot" | "doujinshi" => (Some(Kind::Manga), Some("ja")),
        "manhwa" => (Some(Kind::Manga), Some("ko")),
        "manhua" => (Some(Kind::Manga), Some("zh")),
        "oel" => (Some(Kind::Manga), Some("en")),
        "novel" | "light_novel" => (None, Some("ja")),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_series_is_read() {
        let answer = r#"{"data":[
            {"node":{"id":13,"title":"One Piece","main_picture":{"medium":"…"},
              "alternative_titles":{"synonyms":["OP"],"en":"One Piece","ja":"ONE PIECE"},"start_date":"1997-07-22",
              "media_type":"manga","status":"currently_publishing","num_volumes":0,
              "authors":[{"node":{"id":1881,"first_name":"Eiichiro","last_name":"Oda"},"role":"Story & Art"}]}},
            {"node":{"id":25,"title":"Fullmetal Alchemist","media_type":"manga","status":"finished","num_volumes":27,"start_date":"2001"}},
            {"node":{"title":"no id"}}],"paging":{}}"#;
        let entries = found(answer).expect("series");
        let [first, second] = &entries[..] else {
            panic!("two: {entries:?}")
        };
        assert_eq!(first.titles, ["ONE PIECE", "OP"]);
        assert_eq!(first.authors, ["Eiichiro Oda"]);
        assert_eq!((first.year, second.year), (Some(1997), Some(2001)));
        assert_eq!(first.statements[0].count, None);
        assert_eq!(first.statements[0].status, Some(Status::Ongoing));
        assert_eq!(second.statements[0].count, Some(27));

        assert_eq!(found(r#"{"data":[],"paging":{}}"#), Ok(Vec::new()));
        assert_eq!(found(r#"{"data":[{"nodes":1}]}"#), Err(CHANGED));
        assert_eq!(found(r#"{"results":[]}"#), Err(CHANGED));
        assert_eq!(found("<html>"), Err("a web page instead of JSON"));
    }

    #[test]
    fn every_type_and_status() {
        for (kind, status, volumes, expected) in [
            (
                "manga",
                "finished",
                27,
                (Some(Kind::Manga), Some("ja"), Some(27), Some(Status::Ended)),
            ),
            (
                "one_shot",
                "finished",
                0,
                (Some(Kind::Manga), Some("ja"), Some(1), Some(Status::Ended)),
            ),
            (
                "manhwa",
                "on_hiatus",
                0,
                (Some(Kind::Manga), Some("ko"), None, Some(Status::Hiatus)),
            ),
            (
                "manhua",
                "discontinued",
                3,
                (
                    Some(Kind::Manga),
                    Some("zh"),
                    Some(3),
                    Some(Status::Abandoned),
                ),
            ),
            (
                "light_novel",
                "finished",
                4,
                (None, Some("ja"), Some(4), Some(Status::Ended)),
            ),
            (
                "manga",
                "not_yet_published",
                4,
                (Some(Kind::Manga), Some("ja"), None, Some(Status::Ongoing)),
            ),
        ] {
            let text = format!(
                r#"{{"id":1,"title":"X","media_type":"{kind}","status":"{status}","num_volumes":{volumes}}}"#
            );
            let entry = series(&text).expect("a series");
            let says = &entry.statements[0];
            let found = (
                entry.kind,
                says.language.as_deref(),
                says.count,
                says.status,
            );
            assert_eq!(found, expected, "{kind} {status}");
        }
        let unknown =
            r#"{"id":1,"title":"X","media_type":"unknown","status":"?","num_volumes":"many"}"#;
        assert!(series(unknown).expect("a series").statements.is_empty());
        assert_eq!(series("{}"), Err(CHANGED));
    }
}
