//! Resource `calendar`: when volumes come out, as JSON and as iCalendar.

use std::sync::Arc;

use chrono::{Days, Months, NaiveDate};
use icalendar::{Calendar, Component, Event, EventLike};
use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, param::Query, payload::PlainText};

use super::{
    Tag,
    catalogues::Market,
    error::{ApiError, Failure, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    announcing::{self, Dated, Reckoning},
    app::App,
    clock,
};

/// A volume of the calendar.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct CalendarEntry {
    /// The series' number.
    series_id: i64,
    /// The series' title.
    title: String,
    /// Which.
    volume: String,
    /// When it comes out, or came: `2026-07-08`, `2026-07` or `2026`.
    day: String,
    /// Where.
    market: Market,
    /// The catalogue that says so.
    catalogue: String,
    /// Thirteen digits.
    isbn: Option<String>,
    /// It is out today, where you are.
    released: bool,
    /// It is on the shelf.
    owned: bool,
    /// It is missing.
    missing: bool,
}

/// A calendar that programs read.
#[derive(ApiResponse)]
enum Feed {
    /// iCalendar (RFC 5545).
    #[oai(status = 200, content_type = "text/calendar")]
    Calendar(PlainText<String>),
}

pub struct CalendarApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Catalogues")]
impl CalendarApi {
    /// Get the calendar
    ///
    /// Volumes of the monitored series where they are collected, by day; what is known by its month or year only stands at the beginning of
    /// that. Left out, it goes from 30 days ago to three months ahead.
    #[oai(path = "/calendar", method = "get", operation_id = "get_calendar")]
    async fn calendar(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The first day, for example `2026-07-01`.
        #[oai(validator(max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
        from: Query<Option<String>>,
        /// The last day.
        #[oai(validator(max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
        to: Query<Option<String>>,
        /// Only of this series, monitored or not.
        #[oai(name = "seriesId")]
        series_id: Query<Option<i64>>,
    ) -> Result<Json<Vec<CalendarEntry>>, Failure<QUERY>> {
        let days = days(&app, from.0.as_deref(), to.0.as_deref()).await?;
        let all = announcing::calendar(&app, days, series_id.0).await?;
        Ok(Json(all.into_iter().map(entry).collect()))
    }

    /// Get the calendar as iCalendar
    ///
    /// For calendar programs, which give the key in the address: `…/api/v1/calendar.ics?apikey=…`. Only volumes whose day is known, each as an
    /// event of a whole day, from 60 days ago to a year ahead.
    #[oai(
        path = "/calendar.ics",
        method = "get",
        operation_id = "get_calendar_feed"
    )]
    async fn feed(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Only of this series, monitored or not.
        #[oai(name = "seriesId")]
        series_id: Query<Option<i64>>,
    ) -> Result<Feed, Failure<QUERY>> {
        let today = Reckoning::now(&app).await?.today;
        let from = today.checked_sub_days(Days::new(60)).unwrap_or(today);
        let to = today.checked_add_months(Months::new(12)).unwrap_or(today);
        let all = announcing::calendar(&app, (from, to), series_id.0).await?;
        let stamp = clock::utc(app.clock.now());
        let events = all
            .iter()
            .filter(|dated| dated.day.is_exact())
            .map(|dated| {
                let day = dated.day.first();
                // The end is the first day that it is not any more (RFC 5545, §3.6.1).
                let end = day.checked_add_days(Days::new(1)).unwrap_or(day);
                Event::new()
                    .uid(&format!(
                        "{}-{}-{}@lacunarr",
                        dated.series.id,
                        dated.market.word(),
                        dated.volume
                    ))
                    .timestamp(stamp)
                    .starts(day)
                    .ends(end)
                    .summary(&format!("{} T{}", dated.series.title, dated.volume))
                    .description(&format!("{}, {}", market(dated), dated.by.word()))
                    .add_property("TRANSP", "TRANSPARENT")
                    .done()
            });
        let mut calendar: Calendar = events.collect();
        calendar.name("Lacunarr");
        Ok(Feed::Calendar(PlainText(calendar.to_string())))
    }
}

fn market(dated: &Dated) -> &'static str {
    match dated.market {
        crate::domain::catalogue::Market::France => "VF",
        crate::domain::catalogue::Market::Home => "VO",
    }
}

fn entry(dated: Dated) -> CalendarEntry {
    CalendarEntry {
        series_id: dated.series.id,
        title: dated.series.title,
        volume: dated.volume.to_string(),
        day: dated.day.to_string(),
        market: dated.market.into(),
        catalogue: dated.by.word().to_owned(),
        isbn: dated.isbn,
        released: dated.is_out,
        owned: dated.is_owned,
        missing: dated.is_missing,
    }
}

async fn days(
    app: &App,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(NaiveDate, NaiveDate), ApiError> {
    let read = |field: &'static str, text: &str| {
        text.parse::<NaiveDate>()
            .map_err(|_| ApiError::field(field, "there is no such day"))
    };
    let today = Reckoning::now(app).await?.today;
    let from = match from {
        Some(text) => read("from", text)?,
        None => today.checked_sub_days(Days::new(30)).unwrap_or(today),
    };
    let to = match to {
        Some(text) => read("to", text)?,
        None => today.checked_add_months(Months::new(3)).unwrap_or(today),
    };
    match from <= to {
        true => Ok((from, to)),
        false => Err(ApiError::field("to", "it lies before 'from'")),
    }
}
