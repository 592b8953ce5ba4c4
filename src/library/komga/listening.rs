//! What Komga tells by itself: server-sent events. They have no ids, so nothing is told twice, and the server ends the stream about once
//! an hour.

use std::time::Duration;

use async_trait::async_trait;
use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures_util::{
    StreamExt,
    stream::{BoxStream, unfold},
};
use reqwest::{Method, header::ACCEPT};
use serde::Deserialize;

use super::{answers::is_id, asking::Asking};
use crate::{
    http::{Answer, Bytes},
    ports::{Heard, Listener, PortError},
};

/// How long nothing may come. Komga shows every 15 s that it is alive; even the head of its answer waits for that.
const SILENCE: Duration = Duration::from_secs(60);

/// The longest event that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// The events of one Komga.
pub struct Events {
    origin: String,
    events: BoxStream<'static, Result<Event, EventStreamError<PortError>>>,
    /// The library that is read; none for all of them.
    library: Option<String>,
}

impl Events {
    /// Begins to listen.
    ///
    /// # Errors
    /// When it cannot be asked, or tells nothing.
    pub async fn of(asking: &Asking, library: Option<String>) -> Result<Self, PortError> {
        let request = asking
            .request(Method::GET, "sse/v1/events")
            .header(ACCEPT, "text/event-stream");
        let (answer, bytes) = asking.http.stream(request, SILENCE).await?;
        let answer = asking.check(answer)?;
        if !is_event_stream(&answer) {
            return Err(answer
                .bad("something else than events; does a login page or a proxy stand before it?"));
        }
        Ok(Self {
            events: bounded(bytes, answer.origin.clone()).eventsource().boxed(),
            origin: answer.origin,
            library,
        })
    }

    fn broken(&self, error: EventStreamError<PortError>) -> PortError {
        match error {
            EventStreamError::Transport(error) => error,
            EventStreamError::Utf8(_) | EventStreamError::Parser(_) => PortError::BadAnswer {
                origin: self.origin.clone(),
                detail: "what it tells is no stream of events".into(),
            },
        }
    }
}

#[async_trait]
impl Listener for Events {
    async fn next(&mut self) -> Result<Heard, PortError> {
        match self.events.next().await {
            Some(Ok(event)) => Ok(heard(&event.event, &event.data, self.library.as_deref())),
            Some(Err(error)) => Err(self.broken(error)),
            None => Err(PortError::Unreachable {
                origin: self.origin.clone(),
                cause: "it ended the stream of events, as it does about once an hour".into(),
            }),
        }
    }
}

fn is_event_stream(answer: &Answer) -> bool {
    let kind = answer.headers.get(reqwest::header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.trim_start().starts_with("text/event-stream"))
}

/// The fields of events that we hear.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Told {
    series_id: Option<String>,
    library_id: Option<String>,
    count: Option<i64>,
}

/// What an event means for a library, or for all of them.
fn heard(name: &str, data: &str, library: Option<&str>) -> Heard {
    let told: Told = serde_json::from_str(data).unwrap_or_default();
    let is_ours = || match (library, &told.library_id) {
        (Some(ours), Some(theirs)) => ours == theirs,
        (None, Some(_)) => true,
        (_, None) => false,
    };
    match name {
        "SeriesAdded" | "SeriesChanged" | "SeriesDeleted" | "BookAdded" | "BookChanged"
        | "BookDeleted"
            if is_ours() =>
        {
            match told.series_id.filter(|id| is_id(id)) {
                Some(id) => Heard::Series(id),
                None => Heard::Library,
            }
        }
        "LibraryAdded" | "LibraryChanged" | "LibraryDeleted" if is_ours() => Heard::Library,
        "TaskQueueStatus" if told.count == Some(0) => Heard::Idle,
        _ => Heard::Other,
    }
}

/// Ends with an error at an event that is too long to be one: an empty line ends an event.
fn bounded(bytes: Bytes, origin: String) -> Bytes {
    let start = (bytes, Length::default());
    unfold(start, move |(mut bytes, mut length)| {
        let origin = origin.clone();
        async move {
            let chunk = match bytes.next().await? {
                Ok(chunk) if length.grows_too_long(&chunk) => Err(PortError::BadAnswer {
                    origin,
                    detail: "an event without end".into(),
                }),
                chunk => chunk,
            };
            Some((chunk, (bytes, length)))
        }
    })
    .boxed()
}

/// How much came since the last empty line.
#[derive(Default)]
struct Length {
    event: usize,
    line: usize,
}

impl Length {
    fn grows_too_long(&mut self, chunk: &[u8]) -> bool {
        for byte in chunk {
            self.event += 1;
            match byte {
                b'\n' if self.line == 0 => self.event = 0,
                b'\n' => self.line = 0,
                b'\r' => {}
                _ => self.line += 1,
            }
            if self.event > LONGEST {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_says_what_it_is_about() {
        let series = |id: &str| Heard::Series(id.into());
        let book = r#"{"bookId":"B1","seriesId":"S1","libraryId":"L1"}"#;
        for (name, data, library, expected) in [
            ("BookAdded", book, Some("L1"), series("S1")),
            ("BookDeleted", book, None, series("S1")),
            ("BookChanged", book, Some("L2"), Heard::Other),
            (
                "SeriesAdded",
                r#"{"seriesId":"S1","libraryId":"L1"}"#,
                Some("L1"),
                series("S1"),
            ),
            (
                "SeriesChanged",
                r#"{"libraryId":"L1"}"#,
                Some("L1"),
                Heard::Library,
            ),
            ("SeriesDeleted", r#"{"seriesId":"S1"}"#, None, Heard::Other),
            (
                "LibraryDeleted",
                r#"{"libraryId":"L1"}"#,
                Some("L1"),
                Heard::Library,
            ),
            (
                "LibraryAdded",
                r#"{"libraryId":"L9"}"#,
                None,
                Heard::Library,
            ),
            (
                "LibraryAdded",
                r#"{"libraryId":"L9"}"#,
                Some("L1"),
                Heard::Other,
            ),
            (
                "TaskQueueStatus",
                r#"{"count":0,"countByType":{}}"#,
                Some("L1"),
                Heard::Idle,
            ),
            ("TaskQueueStatus", r#"{"count":3}"#, None, Heard::Other),
            ("TaskQueueStatus", r#"{"count":"0"}"#, None, Heard::Other),
            (
                "ReadProgressChanged",
                r#"{"bookId":"B1","userId":"U"}"#,
                None,
                Heard::Other,
            ),
            (
                "ThumbnailSeriesAdded",
                r#"{"seriesId":"S1"}"#,
                None,
                Heard::Other,
            ),
            ("BookAdded", "not JSON", None, Heard::Other),
            (
                "BookAdded",
                r#"{"seriesId":7,"libraryId":"L1"}"#,
                None,
                Heard::Other,
            ),
            ("", "", None, Heard::Other),
        ] {
            assert_eq!(heard(name, data, library), expected, "{name} {data}");
        }
    }

    #[test]
    fn an_event_without_end_is_seen_and_many_short_ones_are_not() {
        let mut length = Length::default();
        for _ in 0..LONGEST {
            assert!(!length.grows_too_long(b"event:a\r\ndata:b\r\n\r\n:heartbeat\n\n"));
        }
        let line = [b"data:".as_slice(), &[b'x'; 1000], b"\n"].concat();
        let lines = (0..LONGEST).position(|_| length.grows_too_long(&line));
        assert_eq!(lines, Some(LONGEST / line.len()));
    }
}
