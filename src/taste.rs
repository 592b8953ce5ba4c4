//! The profile and the rules in force for a series, and what else the deciding has to know of it.

use std::collections::{BTreeMap, HashMap};

use crate::{
    app::App,
    connection::{Role, Settings},
    connections,
    domain::{
        decide::{Compiled, CustomRule, Decision, Judge, Known, ShelfCopy, Verdict},
        gaps::{self, Cause, Gap},
        link::TorrentId,
        offer::Offer,
        profile::Profile,
        release::{Hints, Lexicon, Place, parse},
        volume::VolumeSet,
    },
    holdings,
    store::{
        self, StoreError,
        connection::Connection,
        library::KeyedFile,
        offer::StoredOffer,
        profile::{Blocked, Scope, StoredRule},
        series::Stored,
    },
};

/// The name of the profile that holds where no other is named.
pub const DEFAULT: &str = "default";

/// What is known of a series besides its offers.
#[derive(Clone, Debug)]
pub struct Taste {
    /// In force.
    pub profile: Profile,
    /// In force, ready to be asked.
    pub rules: Vec<Compiled>,
    /// Reasons by fingerprint or infohash.
    pub blocked: HashMap<String, String>,
    /// What somebody else is fetching.
    pub elsewhere: VolumeSet,
    copies: Vec<ShelfCopy>,
    usual_bytes: Option<u64>,
}

/// Reads what is in force for a series now.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &App, stored: &Stored) -> Result<Taste, StoreError> {
    let id = stored.series.id;
    let (_, profile) = profile_of(app, stored).await?;
    let rules = store::profile::rules_of(&app.db, id).await?;
    let files = store::library::files_of(&app.db, id).await?;
    let copies = match profile.upgrades {
        true => copies(&files, stored, app.lexicon),
        false => Vec::new(),
    };
    Ok(Taste {
        rules: rules.iter().map(|stored| stored.rule.compile()).collect(),
        blocked: store::profile::block_reasons(&app.db, id).await?,
        copies,
        elsewhere: holdings::elsewhere(app, stored).await?,
        usual_bytes: usual_bytes(&files),
        profile,
    })
}

/// The series' own profile, else its library's, else the default one; with its name.
///
/// # Errors
/// When the database fails.
pub async fn profile_of(app: &App, stored: &Stored) -> Result<(String, Profile), StoreError> {
    let mut names: Vec<String> = stored.series.profile.clone().into_iter().collect();
    for library in store::library::libraries_of(&app.db, stored.series.id).await? {
        let row = store::connection::get(&app.db, library).await?;
        let settings = row.and_then(|row| Settings::from_json(&row.kind, &row.config));
        if let Some(Settings::Folder(folder)) = settings {
            names.extend(folder.profile);
        }
    }
    names.push(DEFAULT.into());
    for name in names {
        if let Some(profile) = store::profile::get(&app.db, &name).await? {
            return Ok((name, profile));
        }
    }
    Ok((DEFAULT.into(), Profile::default()))
}

fn copies(files: &[KeyedFile], stored: &Stored, lexicon: &Lexicon) -> Vec<ShelfCopy> {
    let hints = Hints {
        kind: stored.series.kind,
        place: Place::InSeries,
        lexicon,
        ..Hints::default()
    };
    let copy = |(_, file): &KeyedFile| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let release = parse(name, hints);
        ShelfCopy {
            volumes: file.volumes.clone(),
            origin: release.origin,
            revision: release.revision,
            resolution: release.resolution,
        }
    };
    files.iter().map(copy).collect()
}

/// The median over the files that hold one volume each; of fewer than three it says nothing.
fn usual_bytes(files: &[KeyedFile]) -> Option<u64> {
    let singles = files.iter().filter(|(_, file)| file.volumes.len() == 1);
    let mut sizes: Vec<u64> = singles.map(|(_, file)| file.size).collect();
    sizes.sort_unstable();
    (sizes.len() >= 3).then(|| sizes[sizes.len() / 2])
}

/// The volumes of which only the files' metadata say that they exist: behind the last one that is there, and beyond the user's total.
pub fn unconfirmed(stored: &Stored, missing: &[Gap]) -> VolumeSet {
    let by_user = i64::from(stored.series.total.unwrap_or(0)) * 100;
    let tail = missing.iter().filter(|gap| gap.cause == Cause::Tail);
    tail.map(|gap| gap.volume)
        .filter(|volume| volume.hundredths() > by_user)
        .collect()
}

/// The volumes around the offers of a series.
pub struct Volumes<'a> {
    /// Missing, and free to be sent.
    pub wanted: &'a VolumeSet,
    /// See [`unconfirmed`].
    pub unconfirmed: &'a VolumeSet,
    /// Reserved by live grabs.
    pub on_its_way: &'a VolumeSet,
    /// Fetched by somebody else.
    pub elsewhere: &'a VolumeSet,
}

impl Taste {
    /// Everything that the judge has to know.
    pub fn known<'a>(
        &'a self,
        stored: &'a Stored,
        volumes: &Volumes<'a>,
        lexicon: &'a Lexicon,
        now: i64,
    ) -> Known<'a> {
        Known {
            series: &stored.series,
            profile: &self.profile,
            custom: &self.rules,
            lexicon,
            wanted: volumes.wanted,
            unconfirmed: volumes.unconfirmed,
            owned: &stored.shelf.present,
            on_its_way: volumes.on_its_way,
            elsewhere: volumes.elsewhere,
            copies: &self.copies,
            usual_bytes: self.usual_bytes,
            blocked: &self.blocked,
            now,
        }
    }
}

/// Why a profile was not written or removed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is none.
    #[error("there is no profile named '{0}'")]
    Unknown(String),
    /// Values that cannot be.
    #[error("the profile is wrong")]
    Wrong(Vec<(&'static str, String)>),
    /// It is named by series or libraries.
    #[error("{0} still name this profile; give them another one first")]
    Used(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a profile; it is in force from the next check on.
///
/// # Errors
/// When a value of it cannot be.
pub async fn write(app: &App, name: &str, profile: &Profile) -> Result<(), ProfileError> {
    let mistakes = profile.mistakes();
    if !mistakes.is_empty() {
        return Err(ProfileError::Wrong(mistakes));
    }
    let mut tx = app.db.begin().await?;
    store::profile::put(&mut tx, name, profile, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a profile; the default one gets its first values again.
///
/// # Errors
/// When there is none, or something still names it.
pub async fn remove(app: &App, name: &str) -> Result<(), ProfileError> {
    let libraries = store::connection::list(&app.db, Role::Library.word()).await?;
    let names_it = |row: &&Connection| matches!(Settings::from_json(&row.kind, &row.config), Some(Settings::Folder(folder)) if folder.profile.as_deref() == Some(name));
    let libraries = libraries.iter().filter(names_it).count();
    let mut tx = app.db.begin().await?;
    let series = store::profile::uses(&mut tx, name).await?;
    if series > 0 || libraries > 0 {
        return Err(ProfileError::Used(format!(
            "{series} series and {libraries} libraries"
        )));
    }
    if !store::profile::remove(&mut tx, name).await? && name != DEFAULT {
        return Err(ProfileError::Unknown(name.to_owned()));
    }
    tx.commit().await?;
    Ok(())
}

/// Why a rule was not written, removed or tried.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// There is none.
    #[error("there is no rule with the number {0}")]
    Unknown(i64),
    /// It cannot be asked.
    #[error("{0}")]
    Broken(String),
    /// Another one has its name.
    #[error("there is a rule of this name already")]
    NameTaken,
    /// What it concerns is not there.
    #[error("there is no {0}")]
    NoSuch(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a rule, or writes the one of this number anew.
///
/// # Errors
/// When it cannot be asked, or its name is taken.
pub async fn put_rule(app: &App, mut stored: StoredRule) -> Result<StoredRule, RuleError> {
    if let Some(error) = stored.rule.compile().error() {
        return Err(RuleError::Broken(error.to_owned()));
    }
    match stored.scope {
        Scope::Library(id) if connections::find(app, Role::Library, id).await.is_err() => {
            return Err(RuleError::NoSuch(format!("library with the number {id}")));
        }
        Scope::Series(id) if store::series::get(&app.db, id).await?.is_none() => {
            return Err(RuleError::NoSuch(format!("series with the number {id}")));
        }
        _ => {}
    }
    let (mut tx, now) = (app.db.begin().await?, app.clock.now());
    let written = match stored.id {
        0 => store::profile::insert_rule(&mut tx, &stored, now)
            .await
            .map(|id| stored.id = id),
        _ => store::profile::update_rule(&mut tx, &stored, now).await,
    };
    match written {
        Err(error) if error.is_conflict() => return Err(RuleError::NameTaken),
        other => other?,
    }
    tx.commit().await?;
    Ok(stored)
}

/// Removes a rule.
///
/// # Errors
/// When there is none.
pub async fn remove_rule(app: &App, id: i64) -> Result<(), RuleError> {
    let mut tx = app.db.begin().await?;
    if !store::profile::remove_rule(&mut tx, id).await? {
        return Err(RuleError::Unknown(id));
    }
    tx.commit().await?;
    Ok(())
}

/// What is to be judged by way of trial.
pub enum Subject {
    /// A stored offer.
    Stored(i64),
    /// A name, as if a source offered it now.
    Name {
        /// Release name.
        name: String,
        /// Bytes.
        size: Option<u64>,
        /// None when unknown.
        seeders: Option<u32>,
    },
}

/// What an offer would get now, under the rules that there are and perhaps one more.
///
/// # Errors
/// When series or offer is not there, or the rule cannot be asked.
pub async fn try_out(
    app: &App,
    series: i64,
    subject: Subject,
    rule: Option<CustomRule>,
) -> Result<Verdict, RuleError> {
    let no_series = || RuleError::NoSuch(format!("series with the number {series}"));
    let stored = store::series::get(&app.db, series)
        .await?
        .ok_or_else(no_series)?;
    let offer = match subject {
        Subject::Stored(id) => {
            let offer = store::offer::get(&app.db, id).await?;
            let no_offer = || RuleError::NoSuch(format!("offer with the number {id}"));
            offer.ok_or_else(no_offer)?.offer
        }
        Subject::Name {
            name,
            size,
            seeders,
        } => Offer::of_name(name, size, seeders),
    };
    let mut taste = of(app, &stored).await?;
    if let Some(rule) = rule {
        let compiled = rule.compile();
        if let Some(error) = compiled.error() {
            return Err(RuleError::Broken(error.to_owned()));
        }
        taste.rules.retain(|known| known.name() != compiled.name());
        taste.rules.push(compiled);
    }
    let around = Around::of(app, &stored).await?;
    Ok(Judge::new(taste.known(
        &stored,
        &around.volumes(&taste),
        app.lexicon,
        app.clock.now(),
    ))
    .judge(&offer))
}

/// The volumes around the offers of a series, as they are now.
pub struct Around {
    wanted: VolumeSet,
    unconfirmed: VolumeSet,
    on_its_way: VolumeSet,
}

impl Around {
    /// Of a series.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App, stored: &Stored) -> Result<Self, StoreError> {
        let missing = gaps::gaps(&stored.series, &stored.shelf).missing;
        let on_its_way = store::grab::reserved(&app.db, stored.series.id).await?;
        let free = missing.iter().map(|gap| gap.volume);
        Ok(Self {
            wanted: free
                .filter(|volume| !on_its_way.contains(*volume))
                .collect(),
            unconfirmed: unconfirmed(stored, &missing),
            on_its_way,
        })
    }

    /// For the judge.
    pub fn volumes<'a>(&'a self, taste: &'a Taste) -> Volumes<'a> {
        Volumes {
            wanted: &self.wanted,
            unconfirmed: &self.unconfirmed,
            on_its_way: &self.on_its_way,
            elsewhere: &taste.elsewhere,
        }
    }
}

/// Offers that are judged again for a preview.
const MOST_PREVIEWED: i64 = 5_000;
/// Changed offers that are shown.
const MOST_CHANGED: usize = 200;
/// Milliseconds that a preview looks back.
const MONTH: i64 = 30 * 24 * 60 * 60 * 1000;

/// What a rule would have changed.
#[derive(Debug, Default)]
pub struct Preview {
    /// Offers that were judged again.
    pub judged: u64,
    /// There were more.
    pub truncated: bool,
    /// How many it changes.
    pub changed_count: u64,
    /// The first of these.
    pub changed: Vec<Changed>,
}

/// An offer of which a rule changes the decision.
#[derive(Debug)]
pub struct Changed {
    /// Its number.
    pub offer: i64,
    /// Its name.
    pub title: String,
    /// Of its series.
    pub series: i64,
    /// Without the rule.
    pub before: Decision,
    /// With it.
    pub after: Decision,
}

/// Judges the offers of the last month again, without a rule and with it.
///
/// # Errors
/// When the rule cannot be asked.
pub async fn preview(app: &App, stored: &StoredRule) -> Result<Preview, RuleError> {
    let compiled = stored.rule.compile();
    if let Some(error) = compiled.error() {
        return Err(RuleError::Broken(error.to_owned()));
    }
    let since = app.clock.now() - MONTH;
    let offers = store::offer::since(&app.db, since, stored.scope, MOST_PREVIEWED + 1).await?;
    let mut preview = Preview {
        truncated: offers.len() as i64 > MOST_PREVIEWED,
        ..Preview::default()
    };
    let mut by_series: BTreeMap<i64, Vec<StoredOffer>> = BTreeMap::new();
    for offer in offers.into_iter().take(MOST_PREVIEWED as usize) {
        by_series.entry(offer.series_id).or_default().push(offer);
    }
    for (series, offers) in by_series {
        let Some(series) = store::series::get(&app.db, series).await? else {
            continue;
        };
        let mut taste = of(app, &series).await?;
        taste.rules.retain(|known| known.name() != compiled.name());
        let mut with = taste.clone();
        with.rules.push(compiled.clone());
        let around = Around::of(app, &series).await?;
        let (volumes, now) = (around.volumes(&taste), app.clock.now());
        let without = Judge::new(taste.known(&series, &volumes, app.lexicon, now));
        let with = Judge::new(with.known(&series, &volumes, app.lexicon, now));
        for offer in offers {
            let (before, after) = (
                without.judge(&offer.offer).decision,
                with.judge(&offer.offer).decision,
            );
            preview.judged += 1;
            if before == after {
                continue;
            }
            preview.changed_count += 1;
            if preview.changed.len() < MOST_CHANGED {
                preview.changed.push(Changed {
                    offer: offer.id,
                    title: offer.offer.title,
                    series: offer.series_id,
                    before,
                    after,
                });
            }
        }
    }
    Ok(preview)
}

/// Never sends an offer for its series again.
///
/// # Errors
/// When there is no such offer.
pub async fn block(app: &App, offer: i64, reason: &str) -> Result<Blocked, RuleError> {
    let no_offer = || RuleError::NoSuch(format!("offer with the number {offer}"));
    let stored = store::offer::get(&app.db, offer)
        .await?
        .ok_or_else(no_offer)?;
    let mut blocked = Blocked {
        id: 0,
        series_id: stored.series_id,
        fingerprint: stored.offer.fingerprint,
        infohash: stored.offer.torrent.as_ref().map(TorrentId::as_hex),
        title: stored.offer.title,
        reason: reason.to_owned(),
        created_at: app.clock.now(),
    };
    let mut tx = app.db.begin().await?;
    blocked.id = store::profile::block(&mut tx, &blocked, blocked.created_at).await?;
    tx.commit().await?;
    Ok(blocked)
}
