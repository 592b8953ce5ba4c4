//! The volumes that a page of a series lists: those of its standard French edition, and the last and the next one. Pure.

use std::sync::LazyLock;

use regex::Regex;
use scraper::ElementRef;

use super::super::{
    numbers::{count, day, number, volume},
    page::{Page, add, parted, text},
};
use crate::{
    domain::{
        catalogue::Release,
        edition::Edition,
        release::{Kind, parse},
        title::fold_word,
        volume::VolumeNumber,
    },
    markup::selectors,
};

selectors! {
    HEAD = "h2 a.infos_edition, a.infos_edition";
    FLAG = "img";
    BLOCK = r#"[id^="edition_"]"#;
    GROUP_OR_VOLUME = "h3, .unVol";
    NEAR = "li.nav_vols div";
    LINK = r#"a[href*="/volume-"]"#;
}

static BLOCK_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"edition_\d{1,3}\b").expect("a pattern"));

/// What is no volume of the series, though it stands among them.
const OTHERS: [&str; 9] = [
    "coffret",
    "collector",
    "fanbook",
    "fan book",
    "special",
    "hors-serie",
    "hors serie",
    "artbook",
    "guide",
];

/// An edition as its heading says it: `Édition simple (111 tomes, en cours)`.
struct Head {
    block: String,
    count: Option<u32>,
    is_plain: bool,
}

/// In ascending order. `count` is how many volumes the page says there are in France: they are those of the standard edition.
pub(super) fn releases(page: &Page, count: Option<u32>) -> Vec<Release> {
    let french: Vec<Head> = page.all(&HEAD).filter_map(french).collect();
    let mut releases = Vec::new();
    let mut listed = Vec::new();
    if let Some(standard) = standard(&french, count) {
        let block = page
            .all(&BLOCK)
            .find(|block| block.attr("id") == Some(&*standard.block));
        for (release, address) in block.into_iter().flat_map(volumes) {
            add(&mut releases, release);
            listed.push(address);
        }
    }
    // What has no day is out: of a volume to come that would be wrong.
    releases.retain(|release| release.day.is_some() || !is_behind(release.volume, count));
    for near in page.all(&NEAR) {
        let Some((release, address)) = read(near) else {
            continue;
        };
        if release.day.is_none() && fold_word(&text(near)).contains("paraitre") {
            continue;
        }
        // Where there are several editions, the last volume may be one of another.
        if french.len() < 2 || listed.is_empty() || listed.contains(&address) {
            add(&mut releases, release);
        }
    }
    releases
}

/// More than are out.
fn is_behind(volume: VolumeNumber, count: Option<u32>) -> bool {
    let last = count.and_then(VolumeNumber::whole);
    last.is_some_and(|last| volume > last)
}

fn french(head: ElementRef<'_>) -> Option<Head> {
    let is_flag = |image: ElementRef<'_>| {
        let says = |name| fold_word(image.attr(name).unwrap_or_default()).contains("france");
        let file = image.attr("src").unwrap_or_default().rsplit('/').next();
        says("alt") || says("title") || file == Some("fr.png")
    };
    if !head.select(&FLAG).any(is_flag) {
        return None;
    }
    let told = [head.attr("onclick"), head.attr("href")];
    let block = told
        .into_iter()
        .flatten()
        .find_map(|told| BLOCK_NAME.find(told))?;
    let label = text(head);
    let (name, rest) = label.split_once('(').unwrap_or((&label, ""));
    Some(Head {
        block: block.as_str().to_owned(),
        count: count_of_volumes(rest),
        is_plain: is_plain(name),
    })
}

fn count_of_volumes(told: &str) -> Option<u32> {
    let is_volumes = ["tome", "volume", "vol"]
        .iter()
        .any(|word| told.contains(word));
    count(told).filter(|_| is_volumes)
}

/// Its name is that of no edition that we know apart from the standard one.
fn is_plain(name: &str) -> bool {
    let name = format!("X - {name} T01");
    matches!(
        parse(&name, Kind::Manga).edition,
        Edition::Standard | Edition::Other
    )
}

/// The one that the page counts; else the first that has no name of its own.
fn standard(french: &[Head], counted: Option<u32>) -> Option<&Head> {
    let is_counted = |head: &&Head| counted.is_some() && head.count == counted;
    let is_plain = |head: &&Head| head.is_plain;
    french
        .iter()
        .find(|head| is_counted(head) && is_plain(head))
        .or_else(|| french.iter().find(is_plain))
        .or_else(|| french.iter().find(is_counted))
        .or_else(|| french.first())
}

/// The volumes of a block, each with what its address ends with; groups of boxes and the like apart.
fn volumes(block: ElementRef<'_>) -> Vec<(Release, String)> {
    let mut is_other = false;
    let mut found = Vec::new();
    for element in block.select(&GROUP_OR_VOLUME) {
        match element.value().name() {
            "h3" => is_other = is_among(&OTHERS, &text(element)),
            _ if is_other => {}
            _ => found.extend(read(element)),
        }
    }
    found
}

/// A volume: its number, its day, and what its address ends with.
fn read(element: ElementRef<'_>) -> Option<(Release, String)> {
    let link = element.select(&LINK).next()?;
    let address = link.attr("href")?;
    let shown = parted(element);
    let named = link.attr("title").unwrap_or(&shown);
    if is_among(&OTHERS, named) {
        return None;
    }
    let volume = volume(named).or_else(|| number_in(address))?;
    let release = Release {
        volume,
        day: day(&shown),
        isbn: None,
    };
    Some((release, end(address).to_owned()))
}

fn is_among(words: &[&str], text: &str) -> bool {
    let plain = fold_word(text);
    words.iter().any(|word| plain.contains(word))
}

/// `volume-6,1011514.html`.
fn end(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

/// The volume in an address; behind the last comma is the number of its page: `volume-10,5,42.html` is 10.5.
pub(super) fn number_in(address: &str) -> Option<VolumeNumber> {
    let end = end(address).split(['?', '#']).next()?;
    let end = end.strip_prefix("volume-")?.strip_suffix(".html")?;
    let (volume, _) = end.rsplit_once(',')?;
    number(volume)
}

/// Whether a name is that of a box, a special edition or another work beside the volumes.
pub(super) fn is_other(name: &str) -> bool {
    is_among(&OTHERS, name)
}
