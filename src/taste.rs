//! The profile and the rules in force for a series, and what else the deciding has to know of it.

pub mod blocked;
pub mod in_file;
pub mod profiles;
pub mod rules;
pub mod tried;

use std::collections::{BTreeSet, HashMap};

use crate::{
    app::App,
    connection::{Role, Settings},
    domain::{
        decide::{Compiled, Elsewhere, Known, ShelfCopy},
        gaps::{Cause, Gap},
        link::Network,
        profile::Profile,
        release::{Hints, Lexicon, Place, parse},
        volume::{VolumeNumber, VolumeSet},
    },
    holdings,
    pipeline::sending::clients::networks_of,
    store::{self, StoreError, connection::Connection, file::KeyedFile, series::Stored},
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
    /// Reasons by fingerprint or hash.
    pub blocked: HashMap<String, String>,
    /// What somebody else is fetching, or has put into an inbox.
    pub elsewhere: Elsewhere,
    networks: Vec<Network>,
    copies: Vec<ShelfCopy>,
    missing_since: HashMap<VolumeNumber, i64>,
    usual_bytes: Option<u64>,
}

/// Reads what is in force for a series now.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &App, stored: &Stored) -> Result<Taste, StoreError> {
    let id = stored.series.id;
    let around = store::connection::around(&app.db, id).await?;
    let (_, profile) = profile_among(app, stored, &around).await?;
    let rules = store::rule::of_series(&app.db, id).await?;
    let files = store::file::of_series(&app.db, id).await?;
    let copies = match profile.upgrades {
        true => copies(&files, stored, app.lexicon),
        false => Vec::new(),
    };
    let missing_since = match profile.fallback_after_days {
        0 => HashMap::new(),
        _ => store::want::since(&app.db, id).await?,
    };
    Ok(Taste {
        rules: rules.iter().map(|stored| stored.rule.compile()).collect(),
        blocked: store::blocked::reasons(&app.db, id).await?,
        networks: networks_of(around.iter().filter(|row| Role::of(row) == Role::Client)),
        copies,
        missing_since,
        elsewhere: holdings::elsewhere(app, stored, &around).await?,
        usual_bytes: usual_bytes(&files),
        profile,
    })
}

/// The series' own profile, else its library's, else the default one; with its name.
///
/// # Errors
/// When the database fails.
pub async fn profile_of(app: &App, stored: &Stored) -> Result<(String, Profile), StoreError> {
    let libraries = store::connection::libraries_of(&app.db, stored.series.id).await?;
    profile_among(app, stored, &libraries).await
}

async fn profile_among(
    app: &App,
    stored: &Stored,
    around: &[Connection],
) -> Result<(String, Profile), StoreError> {
    let mut names: Vec<String> = stored.series.profile.clone().into_iter().collect();
    for row in around {
        let settings = Settings::from_json(&row.kind, &row.config);
        let series = settings.as_ref().and_then(Settings::series);
        names.extend(series.and_then(|series| series.profile.clone()));
    }
    names.push(DEFAULT.into());
    for name in names {
        if let Some(stored) = store::profile::get(&app.db, &name).await? {
            return Ok((name, stored.profile));
        }
    }
    Ok((DEFAULT.into(), Profile::default()))
}

/// What is wrong with naming this profile, if anything: there is none of this name.
///
/// # Errors
/// When the database fails.
pub async fn misnamed(app: &App, name: &str) -> Result<Option<String>, StoreError> {
    let known = store::profile::all(&app.db).await?;
    let known = known.into_iter().map(|stored| stored.name);
    Ok(no_such(
        "profile",
        name,
        &known.chain([DEFAULT.into()]).collect(),
    ))
}

/// The sentence for a name that is not among those that there are.
pub fn no_such(what: &str, name: &str, known: &BTreeSet<String>) -> Option<String> {
    if known.contains(name) {
        return None;
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let there_are = match known.as_slice() {
        [] => "there is none yet".into(),
        known => format!("there is: {}", known.join(", ")),
    };
    Some(format!("there is no {what} named '{name}'; {there_are}"))
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

/// The volumes of which only the files' metadata say that they exist: behind the last one that is there, and beyond what the user or a
/// catalogue counts.
pub fn unconfirmed(stored: &Stored, missing: &[Gap]) -> VolumeSet {
    let confirmed = i64::from(stored.series.confirmed_total()) * 100;
    let listed = stored.series.wanted_specials();
    let tail = missing.iter().filter(|gap| gap.cause == Cause::Tail);
    tail.map(|gap| gap.volume)
        .filter(|volume| volume.hundredths() > confirmed && !listed.contains(*volume))
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
    /// Fetched by somebody else, or put into an inbox.
    pub elsewhere: &'a Elsewhere,
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
            damaged: &stored.shelf.damaged,
            doubtful: &stored.shelf.doubtful,
            missing_since: &self.missing_since,
            on_its_way: volumes.on_its_way,
            elsewhere: volumes.elsewhere,
            copies: &self.copies,
            usual_bytes: self.usual_bytes,
            blocked: &self.blocked,
            networks: &self.networks,
            now,
        }
    }
}
