//! What the user changes while it runs: kept in the database; a value from the environment wins and is locked.

use std::str::FromStr;

use chrono::NaiveTime;
use chrono_tz::Tz;
use croner::Cron;

use crate::{
    announcing,
    app::App,
    clock,
    config::Environment,
    connection::parse_url,
    domain::{
        catalogue::count::{ORDER, Who},
        following::Patience,
        interval::{Every, EveryError},
        link::Network,
        units::HOUR,
    },
    store::{self, Db, StoreError},
};

/// Values in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Scheduled scans, checks and sends happen.
    pub enabled: bool,
    /// Checks ask sources; otherwise they end with the gaps.
    pub search_enabled: bool,
    /// Picks may be sent without being asked.
    pub auto_send: bool,
    /// The user's zone, for schedules and days.
    pub time_zone: Tz,
    /// When libraries are scanned; in words or as five cron fields.
    pub scan_schedule: String,
    /// When every monitored series with gaps is checked; in words or as five cron fields.
    pub check_schedule: String,
    /// The time of day from which a scheduled check begins no further series; none for no bound.
    pub check_until: Option<NaiveTime>,
    /// Queries per public indexer and day.
    pub queries_per_day: i64,
    /// Queries per private indexer and day.
    pub queries_per_day_private: i64,
    /// Between two queries to one indexer.
    pub seconds_between_queries: i64,
    /// Pages followed when a page of results is full.
    pub max_result_pages: i64,
    /// Releases that are sent by themselves in a night, which goes from noon to noon.
    pub grabs_per_night: i64,
    /// Gigabytes of them.
    pub gigabytes_per_night: i64,
    /// Releases in a night of the first week after the first library was armed.
    pub grabs_per_night_first_week: i64,
    /// Gigabytes of them.
    pub gigabytes_per_night_first_week: i64,
    /// Torrents sent from here that are being downloaded at once.
    pub active_torrents: i64,
    /// Files of ed2k sent from here that are being downloaded at once.
    pub active_ed2k: i64,
    /// Gigabytes that stay free where the client saves, counted without what its downloads still have to write.
    pub keep_free_gigabytes: i64,
    /// Hours in which a magnet may find no metadata; 0 for ever.
    pub stalled_metadata_hours: i64,
    /// Hours in which nothing of a torrent may come; 0 for ever.
    pub stalled_hours: i64,
    /// Hours in which nothing of a file of ed2k may come; 0 for ever.
    pub stalled_ed2k_hours: i64,
    /// Series that a scheduled check searches at most.
    pub series_per_night: i64,
    /// Minutes between two looks at each source's recent releases; 0 for none.
    pub fresh_minutes: i64,
    /// Minutes between two searches of a series that consumers of feeds look for; 0: they find what is there already.
    pub feed_search_minutes: i64,
    /// Days after which a volume that is missing is told once more; 0 for never.
    pub overdue_days: i64,
    /// Where a person reaches this program, without a slash at its end; empty when no one said so. Links in messages begin with it.
    pub public_url: String,
    /// Whose word on how many volumes there are counts, the first before the others.
    pub count_order: Vec<Who>,
    /// Names of those that the environment sets.
    pub locked: Vec<&'static str>,
}

/// A value that a setting cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct BadSetting {
    /// The setting's name, as in the API.
    pub name: &'static str,
    /// What is wrong, and what it should be.
    pub problem: String,
}

/// Names as in the API and the database, and as the environment writes them.
pub const NAMES: [(&str, &str); 27] = [
    ("enabled", "ENABLED"),
    ("searchEnabled", "SEARCH_ENABLED"),
    ("autoSend", "AUTO_SEND"),
    ("timeZone", "TIME_ZONE"),
    ("scanSchedule", "SCAN_SCHEDULE"),
    ("checkSchedule", "CHECK_SCHEDULE"),
    ("checkUntil", "CHECK_UNTIL"),
    ("queriesPerDay", "QUERIES_PER_DAY"),
    ("queriesPerDayPrivate", "QUERIES_PER_DAY_PRIVATE"),
    ("secondsBetweenQueries", "SECONDS_BETWEEN_QUERIES"),
    ("maxResultPages", "MAX_RESULT_PAGES"),
    ("grabsPerNight", "GRABS_PER_NIGHT"),
    ("gigabytesPerNight", "GIGABYTES_PER_NIGHT"),
    ("grabsPerNightFirstWeek", "GRABS_PER_NIGHT_FIRST_WEEK"),
    (
        "gigabytesPerNightFirstWeek",
        "GIGABYTES_PER_NIGHT_FIRST_WEEK",
    ),
    ("activeTorrents", "ACTIVE_TORRENTS"),
    ("activeEd2k", "ACTIVE_ED2K"),
    ("keepFreeGigabytes", "KEEP_FREE_GIGABYTES"),
    ("stalledMetadataHours", "STALLED_METADATA_HOURS"),
    ("stalledHours", "STALLED_HOURS"),
    ("stalledEd2kHours", "STALLED_ED2K_HOURS"),
    ("seriesPerNight", "SERIES_PER_NIGHT"),
    ("freshMinutes", "FRESH_MINUTES"),
    ("feedSearchMinutes", "FEED_SEARCH_MINUTES"),
    ("overdueDays", "OVERDUE_DAYS"),
    ("publicUrl", "PUBLIC_URL"),
    ("countOrder", "COUNT_ORDER"),
];

/// The environment's prefix of settings.
pub const PREFIX: &str = "LACUNARR__SETTINGS__";

impl Default for Settings {
    fn default() -> Self {
        let named = std::env::var("TZ")
            .ok()
            .and_then(|name| name.trim_start_matches(':').parse().ok());
        let zone = named.or_else(|| iana_time_zone::get_timezone().ok()?.parse().ok());
        Self {
            enabled: true,
            search_enabled: true,
            auto_send: true,
            time_zone: zone.unwrap_or(Tz::UTC),
            scan_schedule: "*/15 * * * *".into(),
            check_schedule: "0 1 * * *".into(),
            check_until: NaiveTime::from_hms_opt(6, 30, 0),
            queries_per_day: 300,
            queries_per_day_private: 100,
            seconds_between_queries: 10,
            max_result_pages: 3,
            grabs_per_night: 50,
            gigabytes_per_night: 30,
            grabs_per_night_first_week: 12,
            gigabytes_per_night_first_week: 8,
            active_torrents: 10,
            active_ed2k: 20,
            keep_free_gigabytes: 50,
            stalled_metadata_hours: 6,
            stalled_hours: 48,
            stalled_ed2k_hours: 7 * 24,
            series_per_night: 150,
            fresh_minutes: 20,
            feed_search_minutes: 0,
            overdue_days: 30,
            public_url: String::new(),
            count_order: ORDER.to_vec(),
            locked: Vec::new(),
        }
    }
}

impl Settings {
    /// Defaults, then the database, then the environment. A stored value that this version cannot read counts as its default.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(db: &Db, environment: &Environment) -> store::Result<Self> {
        let mut settings = Self::default();
        for (key, value) in store::setting::all(db).await? {
            if let Some((name, _)) = NAMES.iter().find(|name| name.0 == key) {
                settings.set(name, &value).unwrap_or_else(
                    |error| tracing::warn!(setting = name, %error, "a stored setting is ignored"),
                );
            }
        }
        for (name, variable) in NAMES {
            if let Some(value) = environment.get(&format!("{PREFIX}{variable}")) {
                settings
                    .set(name, value)
                    .expect("the configuration was checked before the database was opened");
                settings.locked.push(name);
            }
        }
        Ok(settings)
    }

    /// How long a grab from a network may move nothing. Queues of ed2k are long.
    pub fn patience(&self, network: Network) -> Patience {
        Patience {
            metadata: self.stalled_metadata_hours * HOUR,
            bytes: HOUR
                * match network {
                    Network::Torrent => self.stalled_hours,
                    Network::Ed2k => self.stalled_ed2k_hours,
                },
            // aMule says whether it is connected, and that a file has no source is nothing unusual.
            doubts_client: network == Network::Torrent,
        }
    }

    /// How much may be downloaded at once from a network, and the name of the setting that says so.
    pub fn active(&self, network: Network) -> (i64, &'static str) {
        match network {
            Network::Torrent => (self.active_torrents, "activeTorrents"),
            Network::Ed2k => (self.active_ed2k, "activeEd2k"),
        }
    }

    /// Sets one from text.
    ///
    /// # Errors
    /// [`BadSetting`] with a sentence.
    pub fn set(&mut self, name: &'static str, value: &str) -> Result<(), BadSetting> {
        let bad = |problem: String| BadSetting { name, problem };
        let flag = || {
            value
                .parse::<bool>()
                .map_err(|_| bad(format!("'{}' is neither true nor false", shown(value))))
        };
        let number = |least: i64, most: i64| {
            let number = value
                .parse::<i64>()
                .ok()
                .filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| {
                bad(format!(
                    "'{}' is not a whole number from {least} to {most}",
                    shown(value)
                ))
            })
        };
        match name {
            "enabled" => self.enabled = flag()?,
            "searchEnabled" => self.search_enabled = flag()?,
            "autoSend" => self.auto_send = flag()?,
            "timeZone" => self.time_zone = time_zone(value).map_err(bad)?,
            "scanSchedule" => self.scan_schedule = schedule(value).map_err(bad)?,
            "checkSchedule" => self.check_schedule = schedule(value).map_err(bad)?,
            "checkUntil" => self.check_until = time_of_day(value).map_err(bad)?,
            "queriesPerDay" => self.queries_per_day = number(1, 100_000)?,
            "queriesPerDayPrivate" => self.queries_per_day_private = number(1, 100_000)?,
            "secondsBetweenQueries" => self.seconds_between_queries = number(0, 3_600)?,
            "maxResultPages" => self.max_result_pages = number(1, 10)?,
            "grabsPerNight" => self.grabs_per_night = number(0, 10_000)?,
            "gigabytesPerNight" => self.gigabytes_per_night = number(0, 100_000)?,
            "grabsPerNightFirstWeek" => self.grabs_per_night_first_week = number(0, 10_000)?,
            "gigabytesPerNightFirstWeek" => {
                self.gigabytes_per_night_first_week = number(0, 100_000)?
            }
            "activeTorrents" => self.active_torrents = number(1, 1_000)?,
            "activeEd2k" => self.active_ed2k = number(1, 1_000)?,
            "keepFreeGigabytes" => self.keep_free_gigabytes = number(0, 1_000_000)?,
            "stalledMetadataHours" => self.stalled_metadata_hours = number(0, 10_000)?,
            "stalledHours" => self.stalled_hours = number(0, 10_000)?,
            "stalledEd2kHours" => self.stalled_ed2k_hours = number(0, 10_000)?,
            "seriesPerNight" => self.series_per_night = number(1, 10_000)?,
            "freshMinutes" => self.fresh_minutes = number(0, 1_440)?,
            "feedSearchMinutes" => self.feed_search_minutes = number(0, 1_440)?,
            "overdueDays" => self.overdue_days = number(0, 3_650)?,
            "publicUrl" => self.public_url = public_url(value).map_err(bad)?,
            "countOrder" => self.count_order = count_order(value).map_err(bad)?,
            _ => return Err(bad("there is no such setting".into())),
        }
        Ok(())
    }
}

/// What is wrong with the text of a setting, if anything.
pub fn problem(name: &str, text: &str) -> Option<String> {
    let (name, _) = NAMES.iter().find(|known| known.0 == name)?;
    let tried = Settings::default().set(name, text);
    tried.err().map(|wrong| wrong.problem)
}

/// Why no setting was changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Values that cannot be.
    #[error("{}", .0.iter().map(BadSetting::to_string).collect::<Vec<_>>().join("; "))]
    Wrong(Vec<BadSetting>),
    /// The environment sets it.
    #[error("{0} is set by the environment; change it there and restart")]
    Locked(&'static str),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes those that are named, all of them or none. The values that are in force then.
///
/// # Errors
/// When one value is wrong, or set by the environment.
pub async fn change(
    app: &App,
    values: &[(&'static str, String)],
) -> Result<Settings, SettingsError> {
    let mut settings = app.settings().await?;
    let locked = |(name, _): &&(&'static str, String)| settings.locked.contains(name);
    if let Some((name, _)) = values.iter().find(locked) {
        return Err(SettingsError::Locked(name));
    }
    let wrong: Vec<BadSetting> = values
        .iter()
        .filter_map(|(name, value)| settings.set(name, value).err())
        .collect();
    if !wrong.is_empty() {
        return Err(SettingsError::Wrong(wrong));
    }
    let mut tx = app.db.begin().await?;
    for (name, value) in values {
        store::setting::put(&mut tx, name, value, app.clock.now()).await?;
    }
    store::series::look_again(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    app.schedule_changed.notify_one();
    app.check_wake.notify_one();
    app.crawl_wake.notify_one();
    if values.iter().any(|(name, _)| *name == "countOrder") {
        announcing::count_all(app).await?;
    }
    Ok(settings)
}

fn shown(value: &str) -> String {
    value.chars().take(60).collect()
}

fn time_zone(value: &str) -> Result<Tz, String> {
    let no_zone = |_| {
        format!(
            "'{}' is no time zone; write it as Europe/Paris",
            shown(value)
        )
    };
    value.parse().map_err(no_zone)
}

fn time_of_day(value: &str) -> Result<Option<NaiveTime>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    let time = NaiveTime::parse_from_str(value, "%H:%M");
    time.map(Some).map_err(|_| {
        format!(
            "'{}' is no time of day; write it as 06:30, or nothing for no end",
            shown(value)
        )
    })
}

fn count_order(value: &str) -> Result<Vec<Who>, String> {
    let words = value
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let mut order = Vec::new();
    for word in words {
        let who = Who::from_word(word).ok_or_else(|| {
            format!(
                "'{}' counts nothing; write it as {}",
                shown(word),
                order_text(&ORDER)
            )
        })?;
        if order.contains(&who) {
            return Err(format!("'{}' is there twice", shown(word)));
        }
        order.push(who);
    }
    Ok(order)
}

/// As it is written: words with commas between them.
pub fn order_text(order: &[Who]) -> String {
    let words: Vec<&str> = order.iter().map(|who| who.word()).collect();
    words.join(", ")
}

fn public_url(value: &str) -> Result<String, String> {
    if value.trim().is_empty() {
        return Ok(String::new());
    }
    let url = parse_url(value)?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// As it is written, blanks apart: in words or as cron.
fn schedule(value: &str) -> Result<String, String> {
    const HOW: &str = "write it as every 90 minutes, every 6 hours or every 2 days at 01:00, or as five cron fields (minute hour day month weekday), for example 0 1 * * *";
    match value.parse::<Every>() {
        Ok(every) => return Ok(every.to_string()),
        Err(error @ EveryError::Length(_)) => return Err(error.to_string()),
        Err(EveryError::Words) => {}
    }
    let fields: Vec<&str> = value.split_whitespace().collect();
    let cron = fields.join(" ");
    let is_cron = fields.len() == 5 && Cron::from_str(&cron).is_ok();
    match is_cron && clock::next_run(&cron, Tz::UTC, 0).is_some() {
        true => Ok(cron),
        false if is_cron => Err(format!(
            "'{}' never comes: there is no such day",
            shown(value)
        )),
        false => Err(format!("'{}' is no schedule; {HOW}", shown(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_takes_good_values_and_names_what_is_wrong() {
        let mut settings = Settings::default();
        for (name, good, bad) in [
            ("enabled", "false", "maybe"),
            ("timeZone", "Europe/Paris", "Paris"),
            ("scanSchedule", "*/5 * * * *", "each hour"),
            ("checkSchedule", "0 1 * * 1-5", "0 0 1 * * *"),
            ("checkSchedule", "every 90 minutes", "every 0 minutes"),
            ("checkSchedule", "Every 2 days at 3:30", "every 400 days"),
            ("checkSchedule", "0 0 29 2 *", "0 0 30 2 *"),
            ("checkUntil", "06:30", "25:00"),
            ("checkUntil", "", "6h"),
            ("queriesPerDay", "50", "0"),
            ("secondsBetweenQueries", "0", "-1"),
            ("maxResultPages", "10", "11"),
            ("countOrder", "libraries, bnf", "bnf, libraires"),
            ("countOrder", "", "bnf, bnf"),
        ] {
            assert_eq!(settings.set(name, good), Ok(()), "{name}");
            let before = settings.clone();
            let error = settings.set(name, bad).expect_err(name);
            assert!(
                error.to_string().starts_with(name)
                    && error
                        .problem
                        .contains(bad.rsplit(", ").next().unwrap_or(bad)),
                "{error}"
            );
            assert_eq!(settings, before);
        }
        assert!(settings.set("nothing", "1").is_err());
    }

    #[test]
    fn every_name_can_be_set() {
        let mut settings = Settings::default();
        for (name, _) in NAMES {
            let error = settings.set(name, "…").expect_err(name);
            assert!(!error.problem.contains("no such setting"), "{name}");
        }
    }
}
