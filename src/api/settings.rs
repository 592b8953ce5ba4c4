//! Resource `settings`.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi};

use super::{
    Tag,
    error::{BODY, CONFLICT, Failure, QUERY},
    guard::Key,
    json::Json,
};
use crate::{app::App, settings};

/// What can be changed while it runs.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", rename = "Settings")]
struct SettingsView {
    /// Scheduled scans, checks and sends happen.
    enabled: bool,
    /// Checks ask sources; otherwise they end with the gaps.
    search_enabled: bool,
    /// What is found may be sent without being asked.
    auto_send: bool,
    /// For schedules and days, for example `Europe/Paris`.
    time_zone: String,
    /// When libraries are scanned: `every 90 minutes`, `every 6 hours`, `every 2 days at 01:00`, or five cron fields.
    scan_schedule: String,
    /// When monitored series with gaps are checked: in words or as five cron fields, like `scanSchedule`.
    check_schedule: String,
    /// The time of day from which a scheduled check begins no further series, for example `06:30`; empty for no end.
    check_until: String,
    /// Queries per public indexer and day.
    queries_per_day: i64,
    /// Queries per private indexer and day.
    queries_per_day_private: i64,
    /// Between two queries to one indexer.
    seconds_between_queries: i64,
    /// Pages followed when a page of results is full.
    max_result_pages: i64,
    /// Releases that are sent by themselves in a night, which goes from noon to noon.
    grabs_per_night: i64,
    /// Gigabytes of them.
    gigabytes_per_night: i64,
    /// Releases in a night of the first week after the first library was armed.
    grabs_per_night_first_week: i64,
    /// Gigabytes of them.
    gigabytes_per_night_first_week: i64,
    /// Torrents sent from here that are being downloaded at once.
    active_torrents: i64,
    /// Files of ed2k sent from here that are being downloaded at once.
    active_ed2k: i64,
    /// Gigabytes that stay free where the client saves, counted without what its downloads still have to write.
    keep_free_gigabytes: i64,
    /// Hours in which a magnet may find no metadata before another release takes its place; 0 for ever.
    stalled_metadata_hours: i64,
    /// Hours in which nothing of a torrent may come before another release takes its place; 0 for ever.
    stalled_hours: i64,
    /// Hours in which nothing of a file of ed2k may come before another release takes its place; 0 for ever.
    stalled_ed2k_hours: i64,
    /// Series that a scheduled check searches at most.
    series_per_night: i64,
    /// Minutes between two looks at each source's recent releases; 0 for none.
    fresh_minutes: i64,
    /// Minutes between two searches of a series that consumers of feeds look for; 0: they find what is there already.
    feed_search_minutes: i64,
    /// Days after which a volume that is missing is told once more (`volume.overdue`); 0 for never.
    overdue_days: i64,
    /// Where a person reaches this program; empty when no one said so, and then messages carry no links.
    public_url: String,
    /// Whose word on how many volumes there are counts, the first before the others: catalogues and `libraries`, with commas between them.
    count_order: String,
    /// Names of those that the environment sets; changing them here is refused (409).
    locked: Vec<String>,
}

impl From<settings::Settings> for SettingsView {
    fn from(settings: settings::Settings) -> Self {
        Self {
            enabled: settings.enabled,
            search_enabled: settings.search_enabled,
            auto_send: settings.auto_send,
            time_zone: settings.time_zone.name().to_owned(),
            scan_schedule: settings.scan_schedule,
            check_schedule: settings.check_schedule,
            check_until: settings
                .check_until
                .map(|time| time.format("%H:%M").to_string())
                .unwrap_or_default(),
            queries_per_day: settings.queries_per_day,
            queries_per_day_private: settings.queries_per_day_private,
            seconds_between_queries: settings.seconds_between_queries,
            max_result_pages: settings.max_result_pages,
            grabs_per_night: settings.grabs_per_night,
            gigabytes_per_night: settings.gigabytes_per_night,
            grabs_per_night_first_week: settings.grabs_per_night_first_week,
            gigabytes_per_night_first_week: settings.gigabytes_per_night_first_week,
            active_torrents: settings.active_torrents,
            active_ed2k: settings.active_ed2k,
            keep_free_gigabytes: settings.keep_free_gigabytes,
            stalled_metadata_hours: settings.stalled_metadata_hours,
            stalled_hours: settings.stalled_hours,
            stalled_ed2k_hours: settings.stalled_ed2k_hours,
            series_per_night: settings.series_per_night,
            fresh_minutes: settings.fresh_minutes,
            feed_search_minutes: settings.feed_search_minutes,
            overdue_days: settings.overdue_days,
            public_url: settings.public_url,
            count_order: settings::order_text(&settings.count_order),
            locked: settings.locked.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// Settings to be changed; what is left out stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct SettingsChange {
    /// Scheduled scans, checks and sends happen.
    enabled: Option<bool>,
    /// Checks ask sources.
    search_enabled: Option<bool>,
    /// What is found may be sent without being asked.
    auto_send: Option<bool>,
    /// For schedules and days, for example `Europe/Paris`.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    time_zone: Option<String>,
    /// When libraries are scanned: `every 90 minutes`, `every 6 hours`, `every 2 days at 01:00`, or five cron fields.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    scan_schedule: Option<String>,
    /// When monitored series with gaps are checked: in words or as five cron fields, like `scanSchedule`.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    check_schedule: Option<String>,
    /// The time of day from which a scheduled check begins no further series, for example `06:30`; empty for no end.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    check_until: Option<String>,
    /// Queries per public indexer and day, 1 to 100000.
    #[oai(validator(minimum(value = "1"), maximum(value = "100000")))]
    queries_per_day: Option<i64>,
    /// Queries per private indexer and day, 1 to 100000.
    #[oai(validator(minimum(value = "1"), maximum(value = "100000")))]
    queries_per_day_private: Option<i64>,
    /// Between two queries to one indexer, 0 to 3600.
    #[oai(validator(minimum(value = "0"), maximum(value = "3600")))]
    seconds_between_queries: Option<i64>,
    /// Pages followed when a page of results is full, 1 to 10.
    #[oai(validator(minimum(value = "1"), maximum(value = "10")))]
    max_result_pages: Option<i64>,
    /// Releases that are sent by themselves in a night, which goes from noon to noon.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    grabs_per_night: Option<i64>,
    /// Gigabytes of them.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000")))]
    gigabytes_per_night: Option<i64>,
    /// Releases in a night of the first week after the first library was armed.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    grabs_per_night_first_week: Option<i64>,
    /// Gigabytes of them.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000")))]
    gigabytes_per_night_first_week: Option<i64>,
    /// Torrents sent from here that are being downloaded at once.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    active_torrents: Option<i64>,
    /// Files of ed2k sent from here that are being downloaded at once.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    active_ed2k: Option<i64>,
    /// Gigabytes that stay free where the client saves, counted without what its downloads still have to write.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    keep_free_gigabytes: Option<i64>,
    /// Hours in which a magnet may find no metadata before another release takes its place; 0 for ever.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    stalled_metadata_hours: Option<i64>,
    /// Hours in which nothing of a torrent may come before another release takes its place; 0 for ever.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    stalled_hours: Option<i64>,
    /// Hours in which nothing of a file of ed2k may come before another release takes its place; 0 for ever.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    stalled_ed2k_hours: Option<i64>,
    /// Series that a scheduled check searches at most.
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    series_per_night: Option<i64>,
    /// Minutes between two looks at each source's recent releases; 0 for none.
    #[oai(validator(minimum(value = "0"), maximum(value = "1440")))]
    fresh_minutes: Option<i64>,
    /// Minutes between two searches of a series that consumers of feeds look for; 0: they find what is there already.
    #[oai(validator(minimum(value = "0"), maximum(value = "1440")))]
    feed_search_minutes: Option<i64>,
    /// Days after which a volume that is missing is told once more (`volume.overdue`); 0 for never.
    #[oai(validator(minimum(value = "0"), maximum(value = "3650")))]
    overdue_days: Option<i64>,
    /// Where a person reaches this program, for example `https://home.example/lacunarr`; empty: messages carry no links.
    #[oai(validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    public_url: Option<String>,
    /// Whose word on how many volumes there are counts, the first before the others: catalogues and `libraries`, with commas between them,
    /// for example `nautiljon, bnf, libraries`. Who is left out does not count.
    #[oai(validator(max_length = 400, pattern = "^[^\\x00]*$"))]
    count_order: Option<String>,
}

impl SettingsChange {
    fn values(self) -> Vec<(&'static str, String)> {
        let flag = |value: Option<bool>| value.map(|value| value.to_string());
        let number = |value: Option<i64>| value.map(|value| value.to_string());
        [
            ("enabled", flag(self.enabled)),
            ("searchEnabled", flag(self.search_enabled)),
            ("autoSend", flag(self.auto_send)),
            ("timeZone", self.time_zone),
            ("scanSchedule", self.scan_schedule),
            ("checkSchedule", self.check_schedule),
            ("checkUntil", self.check_until),
            ("queriesPerDay", number(self.queries_per_day)),
            ("queriesPerDayPrivate", number(self.queries_per_day_private)),
            (
                "secondsBetweenQueries",
                number(self.seconds_between_queries),
            ),
            ("maxResultPages", number(self.max_result_pages)),
            ("grabsPerNight", number(self.grabs_per_night)),
            ("gigabytesPerNight", number(self.gigabytes_per_night)),
            (
                "grabsPerNightFirstWeek",
                number(self.grabs_per_night_first_week),
            ),
            (
                "gigabytesPerNightFirstWeek",
                number(self.gigabytes_per_night_first_week),
            ),
            ("activeTorrents", number(self.active_torrents)),
            ("activeEd2k", number(self.active_ed2k)),
            ("keepFreeGigabytes", number(self.keep_free_gigabytes)),
            ("stalledMetadataHours", number(self.stalled_metadata_hours)),
            ("stalledHours", number(self.stalled_hours)),
            ("stalledEd2kHours", number(self.stalled_ed2k_hours)),
            ("seriesPerNight", number(self.series_per_night)),
            ("freshMinutes", number(self.fresh_minutes)),
            ("feedSearchMinutes", number(self.feed_search_minutes)),
            ("overdueDays", number(self.overdue_days)),
            ("publicUrl", self.public_url),
            ("countOrder", self.count_order),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

pub struct SettingsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Settings")]
impl SettingsApi {
    /// Get the settings
    ///
    /// The values in force, and which of them the environment sets.
    #[oai(path = "/settings", method = "get", operation_id = "get_settings")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<SettingsView>, Failure<QUERY>> {
        Ok(Json(app.settings().await?.into()))
    }

    /// Change settings
    ///
    /// All of them or none: one wrong value changes nothing.
    #[oai(path = "/settings", method = "patch", operation_id = "change_settings")]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<SettingsChange>,
    ) -> Result<Json<SettingsView>, Failure<{ BODY | CONFLICT }>> {
        let settings = settings::change(&app, &body.0.values()).await?;
        Ok(Json(settings.into()))
    }
}
