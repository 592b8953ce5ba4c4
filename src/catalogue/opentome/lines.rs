//! Lines of its file become series: the French line and the one it was made of are one work.

use crate::{
    catalogue::{
        numbers::isbn,
        page::{MOST_AUTHORS, MOST_TITLES, add, clean, each_once},
    },
    domain::{
        catalogue::{Day, Entry, Market, Release, Statement},
        release::Kind,
        series::Status,
        volume::VolumeNumber,
    },
    store::{
        Result,
        opentome::{Line, OpenTomeFile, Volume},
    },
};

/// An opened file.
pub(super) struct Lines(pub OpenTomeFile);

/// A work in one medium, cut in one way.
struct Work {
    french: Option<Line>,
    /// The line of the country that the work is from.
    home: Option<Line>,
    /// The line that was asked for.
    asked: Line,
}

impl Lines {
    /// Series of these titles, or with this volume; each once, as many as are wanted.
    pub async fn search(
        &mut self,
        titles: &[&str],
        isbn: Option<&str>,
        most: usize,
    ) -> Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut found = match isbn {
            Some(isbn) => self.0.of_isbn(isbn).await?,
            None => Vec::new(),
        };
        let of_isbn = found.len();
        for title in titles {
            found.extend(self.0.named(title, &plain(title)).await?);
        }
        for (place, line) in found.into_iter().enumerate() {
            let Some(work) = self.work(line).await? else {
                continue;
            };
            let is_known = entries.iter().any(|known| known.id == work.id());
            if entries.len() < most && !is_known {
                entries.push(Entry {
                    has_isbn: place < of_isbn,
                    ..self.read(work).await?
                });
            }
        }
        Ok(entries)
    }

    /// The series of an id.
    pub async fn entry(&mut self, id: &str) -> Result<Option<Entry>> {
        let Some(line) = self.0.line(id).await? else {
            return Ok(None);
        };
        match self.work(line).await? {
            Some(work) => {
                let entry = self.read(work).await?;
                // A line that was given up has another's place; whoever holds its id goes on with it.
                Ok(Some(Entry {
                    id: id.to_owned(),
                    ..entry
                }))
            }
            None => Ok(None),
        }
    }

    /// None of a line without an id.
    async fn work(&mut self, line: Line) -> Result<Option<Work>> {
        if !line.tome_id.starts_with("rl_") {
            return Ok(None);
        }
        let home = match line.original {
            0 => line.id,
            original => original,
        };
        let around = self.0.around(home).await?;
        let fits = |other: &&Line| {
            other.medium == line.medium && !other.is_omnibus && !other.tome_id.is_empty()
        };
        let french = around
            .iter()
            .filter(fits)
            .find(|line| line.language == "fr");
        let french = match line.language == "fr" && !line.is_omnibus {
            true => Some(&line),
            false => french,
        };
        let home = around.iter().filter(fits).find(|line| line.id == home);
        let (french, home) = (french.cloned(), home.cloned());
        Ok(Some(Work {
            french,
            home,
            asked: line,
        }))
    }

    async fn read(&mut self, work: Work) -> Result<Entry> {
        let shown = work.shown();
        let title = match shown.local_name.is_empty() {
            true => clean(&shown.name),
            false => clean(&shown.local_name),
        };
        let lines = [Some(shown), work.home.as_ref()].into_iter().flatten();
        let mut titles = Vec::new();
        for line in lines.clone() {
            titles.extend([&line.local_name, &line.name].map(|title| clean(title)));
            let aliases = self.0.aliases(line.id).await?;
            // Each stands there twice, once in small letters without signs.
            let aliases = aliases.iter().filter(|alias| plain(alias) != **alias);
            titles.extend(aliases.map(|alias| clean(alias)));
        }
        let authors = lines.clone().map(|line| clean(&line.author));
        let authors = each_once(authors, "", MOST_AUTHORS);
        let year = lines
            .map(|line| line.year)
            .filter(|year| (1800..=2200).contains(year));
        let year = year.min().and_then(|year| i32::try_from(year).ok());
        let mut statements = Vec::new();
        for (market, line) in [(Market::France, &work.french), (Market::Home, &work.home)] {
            if let Some(line) = line {
                let volumes = self.0.volumes(line.id).await?;
                statements.push(statement(market, line, &volumes));
            }
        }
        statements.retain(|statement| !statement.is_empty());
        Ok(Entry {
            id: work.id().to_owned(),
            titles: each_once(titles, &title, MOST_TITLES),
            title,
            authors,
            year,
            kind: kind(&shown.medium),
            statements,
            has_isbn: false,
        })
    }
}

impl Work {
    /// The French line, else that of its home.
    fn shown(&self) -> &Line {
        let best = self.french.as_ref().or(self.home.as_ref());
        best.unwrap_or(&self.asked)
    }

    fn id(&self) -> &str {
        &self.shown().tome_id
    }
}

/// It does not say how many are out, but lists them, those to come as well.
fn statement(market: Market, line: &Line, volumes: &[Volume]) -> Statement {
    let language = line
        .language
        .split('-')
        .next()
        .filter(|code| code.len() == 2);
    let mut statement = Statement::of(market, language);
    statement.status = match line.status.as_str() {
        "ongoing" => Some(Status::Ongoing),
        "completed" => Some(Status::Ended),
        "stalled" => Some(Status::Hiatus),
        _ => None,
    };
    for volume in volumes {
        let Ok(number) = volume.number.parse::<VolumeNumber>() else {
            continue;
        };
        let release = Release {
            volume: number,
            day: volume.day.parse::<Day>().ok(),
            isbn: isbn(&volume.isbn),
        };
        add(&mut statement.releases, release);
    }
    statement
}

fn kind(medium: &str) -> Option<Kind> {
    let is_manga = ["manga", "manhwa", "manhua", "webtoon"].contains(&medium);
    is_manga.then_some(Kind::Manga)
}

/// A title as its aliases are written: small letters and digits of ASCII, anything else is one space.
fn plain(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
