//! What MangaUpdates answers: a list of hits, or a series. Pure.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::status;
use crate::{
    catalogue::{
        api::{CHANGED, json},
        bounds,
    },
    domain::{
        catalogue::{Entry, Market, Statement},
        release::Kind,
    },
};

#[derive(Deserialize)]
struct Found<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Hit {
    record: Series,
    /// The title that fits, which may be one of the others.
    hit_title: Option<String>,
}

/// The same in a list, where it has neither status nor other titles, and by itself.
#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    series_id: Value,
    title: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    year: Value,
    #[serde(default)]
    associated: Vec<Titled>,
    #[serde(default)]
    authors: Vec<Author>,
    status: Option<String>,
    completed: Option<bool>,
}

#[derive(Deserialize)]
struct Titled {
    title: Option<String>,
}

#[derive(Deserialize)]
struct Author {
    name: Option<String>,
}

/// The hits of a search, without statements: a list does not say how many volumes there are.
pub fn found(text: &str) -> Result<Vec<Entry>, &'static str> {
    let found: Found<'_> = json(text)?;
    let read = |hit: &&RawValue| {
        let hit: Hit = serde_json::from_str(hit.get()).ok()?;
        entry(hit.record, hit.hit_title)
    };
    let entries: Vec<Entry> = found.results.iter().filter_map(read).collect();
    if entries.is_empty() && !found.results.is_empty() {
        return Err(CHANGED);
    }
    Ok(entries.into_iter().take(bounds::MOST_ENTRIES).collect())
}

/// A series.
pub fn series(text: &str) -> Result<Entry, &'static str> {
    let series: Series = json(text)?;
    let says = status::read(
        series.status.as_deref().unwrap_or_default(),
        series.completed == Some(true),
    );
    let language = nature(series.kind.as_deref()).1;
    let mut entry = entry(series, None).ok_or(CHANGED)?;
    let statement = Statement {
        count: says.count,
        status: says.status,
        ..Statement::of(Market::Home, language)
    };
    if !statement.is_empty() {
        entry.statements.push(statement);
    }
    Ok(entry)
}

fn entry(series: Series, hit: Option<String>) -> Option<Entry> {
    let title = bounds::line(&series.title?)?;
    let associated = series.associated.into_iter().filter_map(|also| also.title);
    let authors = series.authors.into_iter().filter_map(|author| author.name);
    Some(Entry {
        id: bounds::id(&series.series_id)?,
        titles: bounds::other_titles(&title, hit.into_iter().chain(associated)),
        authors: bounds::authors(authors),
        year: bounds::number(&series.year).and_then(bounds::year),
        kind: nature(series.kind.as_deref()).0,
        title,
        ..Entry::default()
    })
}

/// What its word for the type means: the kind, and the language of home.
fn nature(word: Option<&str>) -> (Option<Kind>, Option<&'static str>) {
    match word.unwrap_or_default() {
        "Manga" | "Doujinshi" => (Some(Kind::Manga), Some("ja")),
        "Manhwa" => (Some(Kind::Manga), Some("ko")),
        "Manhua" => (Some(Kind::Manga), Some("zh")),
        "OEL" => (Some(Kind::Manga), Some("en")),
        "French" => (Some(Kind::Bd), Some("fr")),
        "Spanish" => (Some(Kind::Manga), Some("es")),
        "Indonesian" => (Some(Kind::Manga), Some("id")),
        "Vietnamese" => (Some(Kind::Manga), Some("vi")),
        "Thai" => (Some(Kind::Manga), Some("th")),
        "Malaysian" => (Some(Kind::Manga), Some("ms")),
        // Novels, artbooks and drama CDs; the Nordic ones are of several languages.
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::series::Status;

    #[test]
    fn the_hits_of_a_search_are_read() {
        let answer = r#"{"total_hits":2,"page":1,"per_page":10,"results":[
            {"record":{"series_id":55099564912,"title":"One Piece","url":"https://www.mangaupdates.com/series/pb8uwds/one-piece",
              "description":"…","type":"Manga","year":"1997","bayesian_rating":8.9,"rating_votes":1},"hit_title":"Wan Pīsu"},
            {"record":{"series_id":7,"title":"One Piece (Novel)","type":"Novel","year":""}},
            {"record":"broken"}]}"#;
        let entries = found(answer).expect("hits");
        let [series, novel] = &entries[..] else {
            panic!("two that can be read: {entries:?}")
        };
        assert_eq!(
            (series.id.as_str(), series.year),
            ("55099564912", Some(1997))
        );
        assert_eq!((series.kind, novel.kind), (Some(Kind::Manga), None));
        assert_eq!(series.titles, ["Wan Pīsu"]);
        assert!(series.statements.is_empty());
        assert_eq!(novel.year, None);

        assert_eq!(found(r#"{"results":[]}"#), Ok(Vec::new()));
        for (answer, why) in [
            (r#"{"results":[{"x":1}]}"#, CHANGED),
            (r#"{"hits":[]}"#, CHANGED),
            ("[]", CHANGED),
            (r#"{"results":["#, "broken JSON"),
            ("", "broken JSON"),
            ("<html>", "a web page instead of JSON"),
        ] {
            assert_eq!(found(answer), Err(why), "{answer}");
        }
    }

    #[test]
    fn a_series_says_how_many_volumes_there_are_at_home() {
        let answer = r#"{"series_id":55099564912,"title":"One Piece","associated":[{"title":"ワンピース"},{"title":"One Piece"},{}],
            "type":"Manga","year":"1997","status":"114 Volumes (Ongoing)","completed":false,"licensed":true,
            "authors":[{"name":"ODA Eiichiro","author_id":1,"type":"Author"},{"name":"ODA Eiichiro","author_id":1,"type":"Artist"}]}"#;
        let entry = series(answer).expect("a series");
        assert_eq!(entry.titles, ["ワンピース"]);
        assert_eq!(entry.authors, ["ODA Eiichiro"]);
        let [statement] = &entry.statements[..] else {
            panic!("one statement")
        };
        assert_eq!(
            (statement.market, statement.language.as_deref()),
            (Market::Home, Some("ja"))
        );
        assert_eq!(
            (statement.count, statement.status),
            (Some(114), Some(Status::Ongoing))
        );

        let silent = r#"{"series_id":1,"title":"X","status":null,"year":null,"type":null}"#;
        assert!(series(silent).expect("a series").statements.is_empty());
        assert_eq!(series(r#"{"series_id":0,"title":"X"}"#), Err(CHANGED));
        assert_eq!(series(r#"{"status":"exception"}"#), Err(CHANGED));
    }
}
