//! What AniList answers: data, or errors with a status of their own. Pure.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

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

/// Series of one answer at most.
const MOST_MEDIA: usize = 50;

/// An error of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// As of HTTP; 200 when it does not say.
    pub status: u16,
    /// In its words.
    pub message: String,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    errors: Vec<Wrong>,
}

#[derive(Deserialize)]
struct Wrong {
    #[serde(default)]
    message: String,
    status: Option<u16>,
}

/// What it says. Data beside errors are not whole, so they do not count.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<Result<T, Complaint>, &'static str> {
    let said: Said = json(text)?;
    if let Some(wrong) = said.errors.into_iter().next() {
        return Ok(Err(Complaint {
            status: wrong.status.unwrap_or(200),
            message: wrong.message,
        }));
    }
    serde_json::from_value(said.data)
        .map(Ok)
        .map_err(|_| CHANGED)
}

/// A page of series.
#[derive(Deserialize)]
pub struct Paged {
    #[serde(rename = "Page")]
    page: Page,
}

#[derive(Deserialize)]
struct Page {
    media: Vec<Value>,
}

/// A series.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Media {
    #[serde(default)]
    id: Value,
    title: Titles,
    #[serde(default)]
    synonyms: Option<Vec<Option<String>>>,
    #[serde(default)]
    volumes: Value,
    status: Option<String>,
    format: Option<String>,
    start_date: Option<FuzzyDate>,
    country_of_origin: Option<String>,
    staff: Option<Staff>,
}

#[derive(Deserialize)]
struct Titles {
    romaji: Option<String>,
    english: Option<String>,
    native: Option<String>,
}

#[derive(Deserialize)]
struct FuzzyDate {
    #[serde(default)]
    year: Value,
}

#[derive(Deserialize)]
struct Staff {
    #[serde(default)]
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    role: Option<String>,
    node: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: Option<Name>,
}

#[derive(Deserialize)]
struct Name {
    full: Option<String>,
}

/// The series of a page, those that can be read.
pub fn entries(paged: Paged) -> Result<Vec<Entry>, &'static str> {
    let media = paged.page.media;
    let was_empty = media.is_empty();
    let read = |value: Value| serde_json::from_value::<Media>(value).ok()?.entry();
    let entries: Vec<Entry> = media
        .into_iter()
        .take(MOST_MEDIA)
        .filter_map(read)
        .collect();
    match entries.is_empty() && !was_empty {
        true => Err(CHANGED),
        false => Ok(entries),
    }
}

impl Media {
    /// None when it has no id or no title.
    pub fn entry(self) -> Option<Entry> {
        let id = bounds::id(&self.id)?;
        let statement = self.statement();
        let names = self.title;
        let mut titles = [names.romaji, names.english, names.native]
            .into_iter()
            .flatten();
        let title = titles.find_map(|title| bounds::line(&title))?;
        let synonyms = self.synonyms.into_iter().flatten().flatten();
        let year = self.start_date.and_then(|date| bounds::number(&date.year));
        Some(Entry {
            id,
            titles: bounds::other_titles(&title, titles.chain(synonyms)),
            authors: self.staff.map(authors).unwrap_or_default(),
            year: year.and_then(bounds::year),
            kind: matches!(self.format.as_deref(), Some("MANGA" | "ONE_SHOT"))
                .then_some(Kind::Manga),
            statements: statement.into_iter().collect(),
            title,
            ..Entry::default()
        })
    }

    fn statement(&self) -> Option<Statement> {
        let status = match self.status.as_deref() {
            Some("FINISHED") => Some(Status::Ended),
            Some("RELEASING" | "NOT_YET_RELEASED") => Some(Status::Ongoing),
            Some("CANCELLED") => Some(Status::Abandoned),
            Some("HIATUS") => Some(Status::Hiatus),
            _ => None,
        };
        let is_one = self.format.as_deref() == Some("ONE_SHOT") && status == Some(Status::Ended);
        let is_out = self.status.as_deref() != Some("NOT_YET_RELEASED");
        // Null while it goes on; a number then is one that someone wrote, and true when it was written.
        let count = bounds::number(&self.volumes).and_then(bounds::count);
        let statement = Statement {
            count: count.or(is_one.then_some(1)).filter(|_| is_out),
            status,
            ..Statement::of(
                Market::Home,
                self.country_of_origin.as_deref().and_then(language),
            )
        };
        (!statement.is_empty()).then_some(statement)
    }
}

/// Translators and letterers made another book.
fn authors(staff: Staff) -> Vec<String> {
    let made = |edge: &Edge| {
        let role = edge.role.as_deref().unwrap_or_default();
        ["Story", "Art", "Original"]
            .iter()
            .any(|word| role.starts_with(word))
    };
    let names = staff.edges.into_iter().filter(made);
    bounds::authors(names.filter_map(|edge| edge.node?.name?.full))
}

/// Of a country's code, ISO 3166.
fn language(country: &str) -> Option<&'static str> {
    match country {
        "JP" => Some("ja"),
        "KR" => Some("ko"),
        "CN" | "TW" | "HK" => Some("zh"),
        "FR" => Some("fr"),
        "US" | "GB" => Some("en"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn media(value: Value) -> Option<Entry> {
        serde_json::from_value::<Media>(value).ok()?.entry()
    }

    #[test]
    fn a_series_has_many_names_and_a_count_once_it_is_at_its_end() {
        let entry = media(json!({
            "id": 30013, "title": {"romaji": "ONE PIECE", "english": "One Piece", "native": "ONE PIECE"},
            "synonyms": ["ワンピース", null, "One Piece"], "volumes": null, "status": "RELEASING", "format": "MANGA",
            "startDate": {"year": 1997}, "countryOfOrigin": "JP",
            "staff": {"edges": [
                {"role": "Story & Art", "node": {"name": {"full": "Eiichirou Oda"}}},
                {"role": "Translator (French)", "node": {"name": {"full": "Someone Else"}}},
                {"role": null, "node": null},
            ]},
        }))
        .expect("a series");
        assert_eq!(
            (entry.id.as_str(), entry.title.as_str()),
            ("30013", "ONE PIECE")
        );
        assert_eq!(entry.titles, ["One Piece", "ワンピース"]);
        assert_eq!(entry.authors, ["Eiichirou Oda"]);
        assert_eq!((entry.year, entry.kind), (Some(1997), Some(Kind::Manga)));
        let [says] = &entry.statements[..] else {
            panic!("one statement")
        };
        assert_eq!(says.language.as_deref(), Some("ja"));
        assert_eq!((says.count, says.status), (None, Some(Status::Ongoing)));
    }

    #[test]
    fn volumes_and_status_of_every_kind() {
        for (format, status, volumes, country, expected) in [
            (
                "MANGA",
                "FINISHED",
                json!(18),
                "JP",
                Some((Some(18), Status::Ended, Some("ja"))),
            ),
            (
                "MANGA",
                "FINISHED",
                json!(0),
                "KR",
                Some((None, Status::Ended, Some("ko"))),
            ),
            (
                "ONE_SHOT",
                "FINISHED",
                json!(null),
                "JP",
                Some((Some(1), Status::Ended, Some("ja"))),
            ),
            (
                "ONE_SHOT",
                "RELEASING",
                json!(null),
                "CN",
                Some((None, Status::Ongoing, Some("zh"))),
            ),
            (
                "MANGA",
                "HIATUS",
                json!(37),
                "TW",
                Some((Some(37), Status::Hiatus, Some("zh"))),
            ),
            (
                "MANGA",
                "CANCELLED",
                json!(2),
                "FR",
                Some((Some(2), Status::Abandoned, Some("fr"))),
            ),
            (
                "MANGA",
                "NOT_YET_RELEASED",
                json!(5),
                "XX",
                Some((None, Status::Ongoing, None)),
            ),
            (
                "MANGA",
                "FINISHED",
                json!(99_999),
                "JP",
                Some((None, Status::Ended, Some("ja"))),
            ),
            ("MANGA", "WHATEVER", json!("x"), "JP", None),
        ] {
            let entry = media(json!({
                "id": 1, "title": {"english": "X"}, "volumes": volumes, "status": status, "format": format,
                "countryOfOrigin": country,
            }));
            let statements = entry.expect("a series").statements;
            let says = statements.first().map(|says| {
                let status = says.status.expect("a status");
                (says.count, status, says.language.as_deref())
            });
            assert_eq!(says, expected, "{format} {status} {volumes}");
        }
        let novel = media(json!({"id": 2, "title": {"native": "小説"}, "format": "NOVEL"}));
        assert_eq!(novel.expect("a novel").kind, None);
        assert_eq!(media(json!({"id": 0, "title": {"native": "x"}})), None);
        assert_eq!(media(json!({"id": 1, "title": {}})), None);
    }

    #[test]
    fn errors_stand_in_the_body() {
        let complaint = |status, message: &str| {
            Ok(Err(Complaint {
                status,
                message: message.into(),
            }))
        };
        for (text, expected) in [
            (
                r#"{"data":null,"errors":[{"message":"Too Many Requests.","status":429,"locations":[{"line":1,"column":1}]}]}"#,
                complaint(429, "Too Many Requests."),
            ),
            (
                r#"{"errors":[{"message":"Syntax Error"}],"data":{}}"#,
                complaint(200, "Syntax Error"),
            ),
            ("{}", Err(CHANGED)),
            (r#"{"data":{"Page":{}}}"#, Err(CHANGED)),
            (r#"{"data":"#, Err("broken JSON")),
        ] {
            assert_eq!(
                read::<Paged>(text).map(|said| said.map(|_| ())),
                expected,
                "{text}"
            );
        }
        let page = |text: &str| match read::<Paged>(text) {
            Ok(Ok(paged)) => entries(paged),
            _ => panic!("data: {text}"),
        };
        assert_eq!(
            page(r#"{"data":{"Page":{"media":[{"x":1}]}}}"#),
            Err(CHANGED)
        );
    }
}
