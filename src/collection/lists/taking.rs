//! The series of a list that was read: those that are known are linked to their catalogue, the others are added to the library. All of it in
//! one transaction: a list is taken, or it is not.

use std::collections::{HashMap, HashSet};

use crate::{
    announcing::{self, ChoiceError, Reckoning},
    app::App,
    catalogue::lists::{List, Listed},
    collection::{
        BATCH,
        adding::{AddError, NewSeries, hold, insert},
        hold_all, libraries,
    },
    domain::{
        catalogue::Entry,
        edition::Edition,
        event::{Event, in_sum},
        import_list::{Known, LeftOut, Meant, Name, Outcome},
        release::Kind,
        series::Series,
        title::fold,
        units::DAY,
    },
    shelving,
    store::{
        self, StoreError, Tx,
        catalogue::link::ChosenBy,
        connection::Connection,
        import_list::{self, ImportList},
    },
};

/// Titles that are named of what is added.
const MOST_ADDED: usize = 10;
/// Series that are named of what is left out.
const MOST_LEFT_OUT: usize = 20;

/// What came of a list, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Series that stand on it.
    pub matched: u64,
    /// Of these, those that were added.
    pub added: u64,
    /// Those that are there already.
    pub known: u64,
    /// Those of which nothing is done.
    pub left_out: u64,
    /// It has no more series than were read.
    pub is_whole: bool,
    /// The first titles that were added.
    pub first_added: Vec<String>,
    /// The first that were left out.
    pub first_left_out: Vec<LeftOutSeries>,
}

/// A series of which nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutSeries {
    /// Its title there.
    pub title: String,
    /// Why.
    pub why: String,
}

/// Takes what was read of a list. None when the list was removed meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn take(
    app: &App,
    id: i64,
    read: &List,
    dry_run: bool,
) -> Result<Option<Taken>, StoreError> {
    let by = Reckoning::now(app).await?;
    let mut tx = match dry_run {
        true => app.db.begin_reading().await?,
        false => app.db.begin().await?,
    };
    let Some(mut taking) = Taking::begin(&mut tx, id, dry_run).await? else {
        return Ok(None);
    };
    let mut decided = taking.decide(&read.series);
    if !dry_run {
        taking.add(&mut tx, &mut decided, &by).await?;
        taking.link(&mut tx, &decided, &by).await?;
        taking.write(&mut tx, &decided, read.is_whole, &by).await?;
    }
    let taken = taken(&decided, read.is_whole);
    if !dry_run {
        tx.commit().await?;
        app.check_wake.notify_one();
    }
    Ok(Some(taken))
}

/// An entry, and what is done with it.
struct Decided<'a> {
    listed: &'a Listed,
    what: What,
}

enum What {
    /// This series is it; whether the catalogue is not known to know it as this one.
    Known { series: i64, to_link: bool },
    /// It is added; its number, once it is.
    Add(Option<i64>),
    /// Nothing.
    LeftOut(LeftOut),
}

/// A list on its way.
struct Taking {
    list: ImportList,
    library: Connection,
    /// What a new series would be.
    model: Series,
    known: Known,
    /// What came of its entries before.
    before: HashMap<String, import_list::Entry>,
    events: Vec<Event>,
}

impl Taking {
    async fn begin(tx: &mut Tx, id: i64, dry_run: bool) -> Result<Option<Self>, StoreError> {
        if !dry_run {
            store::library::lock_imports(tx).await?;
        }
        let libraries = libraries(tx).await?;
        if !dry_run {
            hold_all(tx, &libraries).await?;
            import_list::lock(tx, id).await?;
        }
        let Some(list) = import_list::get_in(tx, id).await? else {
            return Ok(None);
        };
        let library = libraries.into_iter().find(|row| row.id == list.library_id);
        let Some(library) = library else {
            return Ok(None);
        };
        let model = new_series(&list, &Entry::default(), None).in_library(Some(&library));
        let known = known(tx, &list, &model).await?;
        Ok(Some(Self {
            before: import_list::entries(tx, id).await?,
            list,
            library,
            model,
            known,
            events: Vec::new(),
        }))
    }

    /// Every entry is looked for by its own title before any is by another one.
    fn decide<'a>(&mut self, listed: &'a [Listed]) -> Vec<Decided<'a>> {
        let mut at_once: Vec<Option<What>> = Vec::with_capacity(listed.len());
        for listed in listed {
            let what = self.at_once(listed);
            if let Some(What::Known { series, .. }) = &what {
                self.known.is_linked(*series, &listed.entry.id);
            }
            at_once.push(what);
        }
        let mut new = HashSet::new();
        let decide = |(listed, what): (&'a Listed, Option<What>)| {
            let what = what.unwrap_or_else(|| self.at_last(listed, &mut new));
            if let What::Known { series, .. } = &what {
                self.known.is_linked(*series, &listed.entry.id);
            }
            Decided { listed, what }
        };
        listed.iter().zip(at_once).map(decide).collect()
    }

    fn at_once(&self, listed: &Listed) -> Option<What> {
        let entry = &listed.entry;
        let before = self.before.get(&entry.id);
        let before = before.and_then(|before| before.series_id);
        let before = before.filter(|series| self.known.has(*series));
        if let Some(series) = before.or_else(|| self.known.by_id(&entry.id)) {
            return Some(self.found(series, entry));
        }
        if !self.list.states.has(listed.state) {
            return Some(What::LeftOut(LeftOut::State(listed.state)));
        }
        if entry.kind.is_none() {
            return Some(What::LeftOut(LeftOut::NotManga));
        }
        match self.known.by_title(entry)? {
            Meant::Series(series) => Some(self.found(series, entry)),
            Meant::Unclear(why) => Some(What::LeftOut(why)),
            Meant::New => None,
        }
    }

    /// `new`: the names of those that are added.
    fn at_last(&self, listed: &Listed, new: &mut HashSet<String>) -> What {
        let entry = &listed.entry;
        match self.known.by_other_titles(entry) {
            Meant::Series(series) => return self.found(series, entry),
            Meant::Unclear(why) => return What::LeftOut(why),
            Meant::New => {}
        }
        let before = self.before.get(&entry.id);
        if before.is_some_and(|before| before.outcome == Outcome::Removed) {
            return What::LeftOut(LeftOut::Removed);
        }
        let series = self.as_new(entry).in_library(Some(&self.library));
        if let Some((field, problem)) = series.mistakes().into_iter().next() {
            return What::LeftOut(LeftOut::Mistake(format!("{field}: {problem}")));
        }
        match new.insert(fold(&entry.title)) {
            true => What::Add(None),
            false => What::LeftOut(LeftOut::Twin),
        }
    }

    fn found(&self, series: i64, entry: &Entry) -> What {
        What::Known {
            series,
            to_link: !self.known.is(series, &entry.id),
        }
    }

    fn as_new(&self, entry: &Entry) -> NewSeries {
        let kind = entry.kind.filter(|_| self.model.kind != Kind::Chapters);
        new_series(&self.list, entry, kind)
    }

    /// Without other names: one of them may be the title of another series that is added too.
    async fn add(
        &mut self,
        tx: &mut Tx,
        decided: &mut [Decided<'_>],
        by: &Reckoning,
    ) -> Result<(), StoreError> {
        for one in decided {
            let What::Add(added) = &mut one.what else {
                continue;
            };
            let new = self.as_new(&one.listed.entry);
            match insert(tx, &self.library, new, &[], by.now).await {
                Ok(series) => {
                    *added = Some(series.id);
                    let event = hold(tx, &series, &[&self.library], by.now).await?;
                    self.events.extend(event);
                }
                Err(AddError::Store(error)) => return Err(error),
                // It was merged into that one.
                Err(AddError::Known { id, .. } | AddError::Alias { id, .. }) => {
                    one.what = What::Known {
                        series: id,
                        to_link: true,
                    };
                }
                Err(error @ (AddError::Wrong(_) | AddError::Foreign { .. })) => {
                    one.what = What::LeftOut(LeftOut::Mistake(error.to_string()));
                }
            }
        }
        Ok(())
    }

    /// The catalogue is asked by its id from now on, and the other names become aliases; what a person has chosen stands.
    async fn link(
        &mut self,
        tx: &mut Tx,
        decided: &[Decided<'_>],
        by: &Reckoning,
    ) -> Result<(), StoreError> {
        for one in decided {
            let series = match one.what {
                What::Known {
                    series,
                    to_link: true,
                } => series,
                What::Add(Some(series)) => series,
                _ => continue,
            };
            let (key, entry) = ((series, self.list.catalogue), &one.listed.entry);
            let id = Some(entry.id.as_str());
            match announcing::chosen_in(tx, by, key, id, ChosenBy::List).await {
                Ok(Some(events)) => {
                    self.events.extend(events);
                    shelving::learn_names(tx, series, entry, by.now).await?;
                }
                Ok(None) => {}
                Err(ChoiceError::Store(error)) => return Err(error),
                // Series are held, so none of them was removed meanwhile.
                Err(ChoiceError::UnknownSeries(_) | ChoiceError::NoId(..)) => {}
            }
        }
        Ok(())
    }

    async fn write(
        &mut self,
        tx: &mut Tx,
        decided: &[Decided<'_>],
        is_whole: bool,
        by: &Reckoning,
    ) -> Result<(), StoreError> {
        let id = self.list.id;
        for batch in decided.chunks(BATCH) {
            let entries: Vec<_> = batch.iter().map(|one| self.entry(one)).collect();
            import_list::put(tx, id, &entries, by.now).await?;
        }
        if is_whole {
            import_list::forget(tx, id, by.now).await?;
        }
        import_list::was_read(tx, id, is_whole, (by.now, by.now + DAY)).await?;
        let events = self.told();
        store::event::append(tx, &events, by.now).await
    }

    fn entry(&self, one: &Decided<'_>) -> import_list::Entry {
        let (entry, before) = (&one.listed.entry, self.before.get(&one.listed.entry.id));
        let (outcome, series_id, why) = match &one.what {
            What::Known { series, .. } => {
                let was_added = before.is_some_and(|before| {
                    before.outcome == Outcome::Added && before.series_id == Some(*series)
                });
                let outcome = match was_added {
                    true => Outcome::Added,
                    false => Outcome::Known,
                };
                (outcome, Some(*series), None)
            }
            What::Add(series) => (Outcome::Added, *series, None),
            What::LeftOut(why) => {
                // What was removed is remembered, whatever else is said of it.
                let removed = before.is_some_and(|before| before.outcome == Outcome::Removed);
                let outcome = match removed {
                    true => Outcome::Removed,
                    false => Outcome::LeftOut,
                };
                (outcome, None, Some(why.to_string()))
            }
        };
        import_list::Entry {
            external_id: entry.id.clone(),
            title: entry.title.clone(),
            state: one.listed.state,
            series_id,
            outcome,
            why,
            seen_at: 0,
        }
    }

    /// The first read is a baseline: one event, however much it adds.
    fn told(&mut self) -> Vec<Event> {
        let events = std::mem::take(&mut self.events);
        if self.list.read_at.is_some() {
            return in_sum(events);
        }
        let is_added = |event: &Event| matches!(event, Event::SeriesAdded { .. });
        let (added, others): (Vec<Event>, Vec<Event>) = events.into_iter().partition(is_added);
        let digest = Event::Digest {
            of: "series.added".into(),
            count: added.len() as u64,
        };
        let digest = Some(digest).filter(|_| !added.is_empty());
        digest.into_iter().chain(in_sum(others)).collect()
    }
}

fn new_series(list: &ImportList, entry: &Entry, kind: Option<Kind>) -> NewSeries {
    NewSeries {
        title: entry.title.clone(),
        aliases: Vec::new(),
        total: None,
        language: list.language.clone(),
        kind,
        edition: Edition::Standard,
        monitored: list.monitored,
    }
}

/// The series of the language of a list that count as a new one would.
async fn known(tx: &mut Tx, list: &ImportList, model: &Series) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let chapters = model.kind == Kind::Chapters;
    let standard = Edition::Standard.word();
    let series = store::series::names(tx).await?;
    let merged = store::merge::names(tx).await?;
    let there: HashSet<i64> = series.iter().map(|named| named.id).collect();
    for named in series.into_iter().chain(merged) {
        let counts_alike = (named.kind == Kind::Chapters.word()) == chapters;
        if named.language != model.language || !counts_alike || !there.contains(&named.id) {
            continue;
        }
        let name = Name {
            series: named.id,
            is_title: !named.is_alias,
            is_standard: named.edition == standard,
        };
        known.is_named(named.folded, name);
    }
    for (series, id) in store::catalogue::link::known_ids(tx, list.catalogue).await? {
        known.is_linked(series, &id);
    }
    Ok(known)
}

fn taken(decided: &[Decided<'_>], is_whole: bool) -> Taken {
    let mut taken = Taken {
        matched: decided.len() as u64,
        is_whole,
        ..Taken::default()
    };
    for one in decided {
        let title = &one.listed.entry.title;
        match &one.what {
            What::Known { .. } => taken.known += 1,
            What::Add(_) => {
                taken.added += 1;
                if taken.first_added.len() < MOST_ADDED {
                    taken.first_added.push(title.clone());
                }
            }
            What::LeftOut(why) => {
                taken.left_out += 1;
                if taken.first_left_out.len() < MOST_LEFT_OUT {
                    taken.first_left_out.push(LeftOutSeries {
                        title: title.clone(),
                        why: why.to_string(),
                    });
                }
            }
        }
    }
    taken
}
