//! The page of a series. Pure.

use scraper::ElementRef;

use super::{
    super::{
        numbers::{count, volume, year},
        page::{MOST_AUTHORS, MOST_TITLES, Obstacle, Page, clean, each_once, id_of, text},
    },
    editions,
};
use crate::{
    domain::{
        catalogue::{Entry, Market, Statement},
        identity::Catalogue,
        release::Kind,
        series::Status,
        title::fold_word,
    },
    markup::selectors,
};

selectors! {
    TITLE = r#"h1 [itemprop="name"]"#;
    HEADING = "h1";
    OTHER = r#"[itemprop="alternateName"]"#;
    FACT = "ul.mb10 > li";
    LINK = "a";
    VOLUME = r#"a[href*="/volume-"]"#;
}

/// Where a work is from, as it says it, and what is read there.
const HOMES: [(&str, &str); 16] = [
    ("japon", "ja"),
    ("coree", "ko"),
    ("chine", "zh"),
    ("taiwan", "zh"),
    ("hong", "zh"),
    ("france", "fr"),
    ("etats-unis", "en"),
    ("royaume-uni", "en"),
    ("angleterre", "en"),
    ("italie", "it"),
    ("espagne", "es"),
    ("allemagne", "de"),
    ("bresil", "pt"),
    ("thailande", "th"),
    ("indonesie", "id"),
    ("vietnam", "vi"),
];

const ORIGINAL_TITLES: &[&str] = &[
    "titre original",
    "titre alternatif",
    "titres alternatifs",
    "titre vo",
];
const AUTHORS: &[&str] = &[
    "auteur",
    "auteurs",
    "scenariste",
    "scenaristes",
    "dessinateur",
    "dessinateurs",
    "auteur original",
];
const VO: &[&str] = &["nb volumes vo", "nb volume vo"];
const VF: &[&str] = &["nb volumes vf", "nb volume vf"];
/// Of a work that came out in one country only.
const ONLY: &[&str] = &["nb volumes", "nb volume"];

pub(super) const NO_ADDRESS: &str =
    "the page of a series says its address, not that of a volume or a list";

/// A line `Label : value` of its list.
struct Fact<'a> {
    /// In small letters and without accents.
    label: String,
    value: String,
    line: ElementRef<'a>,
}

/// Reads it; a page that a browser saved says itself of which series it is.
///
/// # Errors
/// What stands there instead.
pub(super) fn read(html: &str, id: Option<&str>) -> Result<Entry, Obstacle> {
    let page = Page::read(html)?;
    let title = title(&page).ok_or(Obstacle::Changed("a series has a title"))?;
    let facts: Vec<Fact<'_>> = page.all(&FACT).filter_map(fact).collect();
    let origin = value(&facts, &["origine"]);
    if origin.is_none() && value(&facts, VO).or(value(&facts, ONLY)).is_none() {
        return Err(Obstacle::Changed(
            "a series has a list of what is known of it",
        ));
    }
    let id = match id {
        Some(id) => id.to_owned(),
        None => own_id(&page, html, &title).ok_or(Obstacle::Changed(NO_ADDRESS))?,
    };
    let titles = page.all(&OTHER).map(text);
    let titles = titles.chain(values(&facts, ORIGINAL_TITLES));
    let titles: Vec<String> = titles.flat_map(|line| parts(&line)).collect();
    Ok(Entry {
        id,
        titles: each_once(titles, &title, MOST_TITLES),
        authors: authors(&facts),
        year: origin.and_then(year),
        kind: kind(value(&facts, &["type"])),
        statements: statements(&page, &facts, origin),
        title,
        ..Entry::default()
    })
}

fn title(page: &Page) -> Option<String> {
    let shown = page.first(&TITLE).or_else(|| page.first(&HEADING))?;
    let title = text(shown);
    // A button for editors stands in the heading.
    let title = clean(title.strip_prefix("Modifier").unwrap_or(&title));
    (!title.is_empty()).then_some(title)
}

/// By the addresses that it gives itself; where it gives none, by those of its volumes. A volume's page is none of a series.
fn own_id(page: &Page, html: &str, title: &str) -> Option<String> {
    let addresses = page.addresses(html);
    if !addresses.is_empty() || volume(title).is_some() {
        let mut ids = addresses
            .iter()
            .filter_map(|url| id_of(url, Catalogue::Nautiljon));
        return ids.next();
    }
    let address = page.all(&VOLUME).find_map(|link| link.attr("href"))?;
    let series = &address[..address.find("/volume-")?];
    id_of(&format!("{series}.html"), Catalogue::Nautiljon)
}

fn fact(line: ElementRef<'_>) -> Option<Fact<'_>> {
    let whole = text(line);
    let (label, value) = whole.split_once(':')?;
    Some(Fact {
        label: fold_word(label.trim()),
        value: value.trim().to_owned(),
        line,
    })
}

fn values<'a>(facts: &'a [Fact<'_>], labels: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    let known = facts.iter().filter(|fact| labels.contains(&&*fact.label));
    known.map(|fact| fact.value.clone())
}

fn value<'a>(facts: &'a [Fact<'_>], labels: &[&str]) -> Option<&'a str> {
    let known = facts.iter().find(|fact| labels.contains(&&*fact.label));
    known.map(|fact| &*fact.value)
}

/// `ワンピース / One Piece` are two.
fn parts(titles: &str) -> Vec<String> {
    titles.split(" / ").map(clean).collect()
}

fn authors(facts: &[Fact<'_>]) -> Vec<String> {
    let known = facts.iter().filter(|fact| AUTHORS.contains(&&*fact.label));
    let names = known.flat_map(|fact| {
        let linked: Vec<String> = fact.line.select(&LINK).map(text).collect();
        match linked.is_empty() {
            true => fact.value.split(", ").map(clean).collect(),
            false => linked,
        }
    });
    each_once(names, "", MOST_AUTHORS)
}

/// Novels stand beside the manga that were made of them.
fn kind(kind: Option<&str>) -> Option<Kind> {
    let plain = fold_word(kind.unwrap_or_default());
    let is_novel = ["roman", "light novel"]
        .iter()
        .any(|word| plain.contains(word));
    (!is_novel).then_some(Kind::Manga)
}

fn home_language(origin: &str) -> Option<&'static str> {
    let plain = fold_word(origin);
    let known = HOMES.iter().find(|(home, _)| plain.starts_with(home));
    known.map(|(_, language)| *language)
}

fn statements(page: &Page, facts: &[Fact<'_>], origin: Option<&str>) -> Vec<Statement> {
    let language = origin.and_then(home_language);
    let is_french = language == Some("fr");
    let (vo, vf, only) = (value(facts, VO), value(facts, VF), value(facts, ONLY));
    let (in_france, at_home) = match is_french {
        true => (vf.or(only).or(vo), vo.or(only).or(vf)),
        false => (vf, vo.or(only)),
    };
    let stated = |market, language: Option<&str>, line: Option<&str>| Statement {
        count: line.and_then(count),
        status: line.and_then(status),
        ..Statement::of(market, language)
    };
    let mut france = stated(Market::France, Some("fr"), in_france);
    france.releases = editions::releases(page, france.count);
    let home = stated(Market::Home, language, at_home);
    let said = [france, home].into_iter();
    said.filter(|statement| !statement.is_empty()).collect()
}

/// What stands in the last brackets of `113 (En cours)`.
fn status(line: &str) -> Option<Status> {
    let plain = fold_word(line);
    let (_, said) = plain.rsplit_once('(')?;
    let known = [
        ("cours", Status::Ongoing),
        ("termin", Status::Ended),
        ("abandon", Status::Abandoned),
        ("attente", Status::Hiatus),
        ("pause", Status::Hiatus),
    ];
    let known = known.into_iter().find(|(word, _)| said.contains(word));
    known.map(|(_, status)| status)
}
