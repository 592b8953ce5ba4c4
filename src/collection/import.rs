//! A table makes series what its lines say: those that are known by title or alias, language, edition and kind are changed, the others are
//! added.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    BATCH, NewSeries,
    adding::hold,
    due, hold_all, libraries,
    sheet::{self, Line, ReadLine, SheetError},
};
use crate::{
    app::App,
    domain::{
        event::{Event, in_sum},
        release::Kind,
        series::Series,
        title::fold,
    },
    shelving,
    store::{
        self, StoreError, Tx,
        connection::Connection,
        link::Link,
        series::{Named, Stored},
    },
};

/// What came of a table, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Lines, without that of the names and blank ones.
    pub lines: u64,
    /// Series that were not known.
    pub added: u64,
    /// Series that were otherwise.
    pub changed: u64,
    /// Series that were so already.
    pub same: u64,
    /// Lines of which nothing was done.
    pub refused: Vec<Refused>,
    /// It was done.
    pub written: bool,
    /// Series that are searched at once; of many others each waits for its turn in the nights.
    pub due: u64,
}

/// A line of which nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// From 1, which is that of the names.
    pub line: u64,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// Why a table was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing of it can be read.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a table is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Just says what it would do.
    pub dry_run: bool,
    /// Does what can be done, although lines are refused.
    pub partial: bool,
}

/// Takes a table. Nothing is changed when a line is refused, unless it is to be taken in part.
///
/// # Errors
/// When nothing of it can be read, or the database fails.
pub async fn import(app: &App, bytes: &[u8], how: How) -> Result<Imported, ImportError> {
    let lines = sheet::read(bytes)?;
    let (now, most) = (app.clock.now(), due::most(app).await?);
    let mut tx = match how.dry_run {
        true => app.db.begin_reading().await?,
        false => app.db.begin().await?,
    };
    let mut import = Import::begin(app, &mut tx, how.dry_run, now).await?;
    for batch in lines.chunks(BATCH) {
        import.take(&mut tx, batch).await?;
    }
    let Import {
        mut outcome,
        events,
        newly_wanted,
        ..
    } = import;
    outcome.refused.sort_by_key(|refused| refused.line);
    if how.dry_run || !(outcome.refused.is_empty() || how.partial) {
        return Ok(outcome);
    }
    outcome.due = due::mark(&mut tx, &newly_wanted, most, now).await?;
    store::event::append(&mut tx, &in_sum(events), now).await?;
    tx.commit().await?;
    app.check_wake.notify_one();
    outcome.written = true;
    Ok(outcome)
}

/// What a line is about.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Meant {
    /// A series that is known, by its number.
    Known(i64),
    /// A new one: folded title, language, edition, and whether it counts chapters.
    New(String, String, String, bool),
}

/// A table on its way.
struct Import<'a> {
    app: &'a App,
    dry_run: bool,
    now: i64,
    libraries: Vec<Connection>,
    /// By folded title or alias, and edition.
    known: HashMap<(String, String), Vec<Named>>,
    seen: HashMap<Meant, u64>,
    outcome: Imported,
    events: Vec<Event>,
    newly_wanted: Vec<i64>,
}

impl<'a> Import<'a> {
    async fn begin(app: &'a App, tx: &mut Tx, dry_run: bool, now: i64) -> Result<Self, StoreError> {
        if !dry_run {
            store::library::lock_imports(tx).await?;
        }
        let libraries = libraries(tx).await?;
        if !dry_run {
            hold_all(tx, &libraries).await?;
        }
        let mut known: HashMap<_, Vec<Named>> = HashMap::new();
        let titles = store::series::names(tx).await?.into_iter();
        for named in titles.chain(store::merge::names(tx).await?) {
            let name = (named.folded.clone(), named.edition.clone());
            known.entry(name).or_default().push(named);
        }
        Ok(Self {
            app,
            dry_run,
            now,
            libraries,
            known,
            seen: HashMap::new(),
            outcome: Imported::default(),
            events: Vec::new(),
            newly_wanted: Vec::new(),
        })
    }

    async fn take(&mut self, tx: &mut Tx, lines: &[ReadLine]) -> Result<(), StoreError> {
        let mut meant = Vec::new();
        for (number, line) in lines {
            self.outcome.lines += 1;
            let found = match line {
                Ok(line) => self.find(*number, line),
                Err(problem) => Err(problem.clone()),
            };
            match found {
                Ok(found) => meant.push((*number, line.as_ref().expect("it was found"), found)),
                Err(problem) => self.refuse(*number, problem),
            }
        }
        let ids: Vec<i64> = meant.iter().filter_map(|(_, _, found)| found.id).collect();
        let stored = store::series::of_ids(tx, &ids).await?;
        let mut stored: HashMap<i64, Stored> = stored
            .into_iter()
            .map(|stored| (stored.series.id, stored))
            .collect();
        for (number, line, found) in meant {
            let done = match found.id.and_then(|id| stored.remove(&id)) {
                Some(stored) => self.change(tx, line, stored, &found.libraries).await?,
                None => self.add(tx, line, &found).await?,
            };
            if let Err(problem) = done {
                self.refuse(number, problem);
            }
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, problem: String) {
        self.outcome.refused.push(Refused { line, problem });
    }

    /// The series that a line means.
    fn find(&mut self, number: u64, line: &Line) -> Result<Found, String> {
        let libraries = self.named(&line.libraries)?;
        let home = match (libraries.first(), &*self.libraries) {
            (Some(place), _) => Some(*place),
            (None, [_]) => Some(0),
            (None, _) => None,
        };
        let new = NewSeries {
            title: line.title.clone(),
            aliases: line.aliases.clone().unwrap_or_default(),
            total: line.total.flatten(),
            language: line.language.clone(),
            kind: line.kind,
            edition: line.edition.unwrap_or_default(),
            monitored: line.monitored.unwrap_or(true),
        };
        let series = new.in_library(home.map(|place| &self.libraries[place]));
        let language = match home {
            Some(_) => Some(&series.language),
            None => line.language.as_ref(),
        };
        let id = self.known_as(&series, language, line.kind)?;
        if id.is_none() && home.is_none() {
            return Err(self.no_home());
        }
        let meant = id.map_or_else(
            || {
                let edition = series.edition.word().into_owned();
                let chapters = series.kind == Kind::Chapters;
                let (title, language) = (fold(&series.title), series.language.clone());
                Meant::New(title, language, edition, chapters)
            },
            Meant::Known,
        );
        if let Some(before) = self.seen.get(&meant) {
            return Err(format!("it is the same series as line {before}"));
        }
        self.seen.insert(meant, number);
        let libraries = match libraries.is_empty() {
            true if id.is_none() => home.into_iter().collect(),
            _ => libraries,
        };
        Ok(Found {
            id,
            series,
            libraries,
        })
    }

    /// The series of this title, or else of this alias, in this language, or else in any, and of the same edition. It counts as the line
    /// says; where that says no kind, one that counts as its library comes before others.
    fn known_as(
        &self,
        series: &Series,
        language: Option<&String>,
        said: Option<Kind>,
    ) -> Result<Option<i64>, String> {
        let name = (fold(&series.title), series.edition.word().into_owned());
        let all = self.known.get(&name).map_or(&[][..], Vec::as_slice);
        let fits = |named: &&Named| language.is_none_or(|language| named.language == *language);
        let chapters = series.kind == Kind::Chapters;
        let counts_alike = |named: &&Named| (named.kind == Kind::Chapters.word()) == chapters;
        let of = |is_alias| {
            let of = all.iter().filter(move |named| named.is_alias == is_alias);
            let mut of: Vec<&Named> = of.filter(fits).collect();
            // A title that was merged away mostly is an alias too.
            of.sort_unstable_by_key(|named| named.id);
            of.dedup_by_key(|named| named.id);
            let alike: Vec<&Named> = of.iter().copied().filter(counts_alike).collect();
            match alike.is_empty() && said.is_none() {
                true => of,
                false => alike,
            }
        };
        let titles = of(false);
        let found = match titles.is_empty() {
            true => of(true),
            false => titles,
        };
        match &*found {
            [] => Ok(None),
            [named] => Ok(Some(named.id)),
            [first, rest @ ..] if rest.iter().any(|one| one.language != first.language) => {
                let languages: BTreeSet<&str> = found.iter().map(|one| &*one.language).collect();
                let languages: Vec<&str> = languages.into_iter().collect();
                Err(format!(
                    "language: say which of {} it is",
                    languages.join(", ")
                ))
            }
            many => Err(format!(
                "{} series are called so; change the one that you mean with PATCH /api/v1/series/{{id}}",
                many.len()
            )),
        }
    }

    fn named(&self, names: &[String]) -> Result<Vec<usize>, String> {
        let place = |name: &String| {
            let known = self.libraries.iter().position(|row| row.name == *name);
            known.ok_or_else(|| {
                let name: String = name.chars().take(40).collect();
                format!(
                    "library: there is none named '{name}'; {}",
                    self.there_are()
                )
            })
        };
        names.iter().map(place).collect()
    }

    fn no_home(&self) -> String {
        format!(
            "library: the series is not known, so say which library is to hold it; {}",
            self.there_are()
        )
    }

    fn there_are(&self) -> String {
        let names: Vec<&str> = self.libraries.iter().map(|row| &*row.name).collect();
        match &*names {
            [] => "make one first".into(),
            names => format!("there is: {}", names.join(", ")),
        }
    }

    async fn add(
        &mut self,
        tx: &mut Tx,
        line: &Line,
        found: &Found,
    ) -> Result<Result<(), String>, StoreError> {
        let mut series = found.series.clone();
        if let Err(problem) = decide(&mut series, line, None) {
            return Ok(Err(problem));
        }
        self.outcome.added += 1;
        if self.dry_run {
            return Ok(Ok(()));
        }
        series.id = store::series::insert(tx, &series, self.now).await?;
        let libraries = found.libraries.iter().map(|place| &self.libraries[*place]);
        let libraries: Vec<&Connection> = libraries.collect();
        let event = hold(tx, &series, &libraries, self.now).await?;
        if let Some(Event::SeriesAdded { missing, .. }) = &event
            && !missing.is_empty()
        {
            self.newly_wanted.push(series.id);
        }
        self.events.extend(event);
        Ok(Ok(()))
    }

    async fn change(
        &mut self,
        tx: &mut Tx,
        line: &Line,
        stored: Stored,
        libraries: &[usize],
    ) -> Result<Result<(), String>, StoreError> {
        let id = stored.series.id;
        let mut series = stored.series.clone();
        if let Err(problem) = decide(&mut series, line, Some(&stored)) {
            return Ok(Err(problem));
        }
        let linked = store::link::of_series(tx, id).await?;
        let linked: HashSet<i64> = linked.into_iter().map(|link| link.library_id).collect();
        let libraries = libraries.iter().map(|place| self.libraries[*place].id);
        let new: Vec<i64> = libraries
            .filter(|library| !linked.contains(library))
            .collect();
        if series == stored.series && new.is_empty() {
            self.outcome.same += 1;
            return Ok(Ok(()));
        }
        self.outcome.changed += 1;
        if self.dry_run {
            return Ok(Ok(()));
        }
        for library in new {
            store::link::put(tx, &Link::wanted(library, id), self.now).await?;
        }
        let written = (&stored.series, &series);
        let refreshed = shelving::write(tx, self.app.lexicon, written, self.now).await?;
        if let Some(refreshed) = refreshed.filter(|refreshed| !refreshed.events.is_empty()) {
            self.newly_wanted.push(id);
            self.events.extend(refreshed.events);
        }
        Ok(Ok(()))
    }
}

/// What a line means.
struct Found {
    /// None when it is not known.
    id: Option<i64>,
    /// As it would be added.
    series: Series,
    /// Places in the list of libraries.
    libraries: Vec<usize>,
}

/// Makes a series what its line says; `stored` is what is known of it.
fn decide(series: &mut Series, line: &Line, stored: Option<&Stored>) -> Result<(), String> {
    series.kind = line.kind.unwrap_or(series.kind);
    series.monitored = line.monitored.unwrap_or(series.monitored);
    if let Some(total) = line.total.filter(|total| *total != series.total) {
        let shelf = stored
            .map(|stored| stored.shelf.clone())
            .unwrap_or_default();
        series
            .count_to(total, &shelf)
            .map_err(|error| format!("total: {error}"))?;
    }
    if let Some(ignored) = &line.ignored {
        series.ignored.clone_from(ignored);
    }
    series.wanted_from = line.wanted_from.unwrap_or(series.wanted_from);
    series.wanted_to = line.wanted_to.unwrap_or(series.wanted_to);
    let folded = |names: &[String]| names.iter().map(|name| fold(name)).collect::<Vec<_>>();
    if let Some(aliases) = &line.aliases
        && folded(aliases) != folded(&series.aliases)
    {
        series.aliases.clone_from(aliases);
    }
    let mistakes = series.mistakes();
    // What was wrong before is not the line's.
    let known = stored.map(|stored| stored.series.mistakes());
    let known = known.unwrap_or_default();
    let new = mistakes.iter().find(|mistake| !known.contains(mistake));
    match new {
        Some((field, problem)) => Err(format!("{field}: {problem}")),
        None => Ok(()),
    }
}
