//! What is said of an event in English. Pure.

use super::{
    Said, Tongue,
    day::written,
    phrase::{self, Which},
};
use crate::domain::{event::Event, gaps::Cause, release::Kind};

fn quoted(text: &str) -> String {
    format!("“{}”", phrase::name(text))
}

fn count(counted: u64, one: &'static str, many: &'static str) -> String {
    phrase::count(counted, (one, many), Tongue::English)
}

fn volumes_of(counted: u64) -> String {
    phrase::count(
        counted,
        phrase::noun(Kind::Auto, Tongue::English),
        Tongue::English,
    )
}

fn said(title: impl Into<String>, body: impl Into<String>) -> Said {
    Said {
        title: title.into(),
        body: body.into(),
    }
}

/// Of one volume in the singular, of several in the plural.
fn agreed(which: &Which<'_>, one: &str, many: &str) -> String {
    if which.is_one() { one } else { many }.to_owned()
}

/// Title and body.
#[expect(
    clippy::too_many_lines,
    reason = "a table of sentences, an event after the other"
)]
pub fn say(event: &Event) -> Said {
    let headline =
        |which: &Which<'_>, one: &str, many: &str| which.headline(one, many, Tongue::English);
    match event {
        Event::LibraryImported {
            library,
            series,
            volumes,
            missing,
        } => said(
            format!(
                "{} read: {}, {}",
                quoted(library),
                count(*series, "series", "series"),
                volumes_of(*volumes)
            ),
            match missing {
                0 => "Nothing is missing. From now on each change is told.".into(),
                _ => format!(
                    "{} missing. This is where it starts; from now on each change is told.",
                    count(*missing, "volume is", "volumes are")
                ),
            },
        ),
        Event::SeriesAdded {
            series,
            library,
            volumes,
            missing,
        } => {
            let which = Which { series, volumes };
            let shelf = quoted(library);
            said(
                format!("New series: {}", phrase::name(&series.title)),
                match volumes.is_empty() {
                    true => format!("It has nothing in {shelf} yet."),
                    false => format!(
                        "In {shelf}: {}.{}",
                        which.spelled(Tongue::English),
                        match missing.is_empty() {
                            true => String::new(),
                            false => format!(" Missing: {missing}."),
                        }
                    ),
                },
            )
        }
        Event::VolumeMissing {
            series,
            volume,
            cause,
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let headline = |one, many| headline(&Which { series, volumes }, one, many);
            said(
                match cause {
                    Cause::Damaged => headline("is damaged", "are damaged"),
                    Cause::Doubtful => headline("is uncertain", "are uncertain"),
                    Cause::Hole | Cause::Tail => headline("is missing", "are missing"),
                },
                match cause {
                    Cause::Damaged => {
                        "Its file is there, and no reader can show it. It is replaced once you approve."
                    }
                    Cause::Doubtful => {
                        "A file may be it: its name and its server say different numbers. Correct one of them; it is sent only once you approve."
                    }
                    Cause::Hole => "Others are there, before and after it.",
                    Cause::Tail => {
                        "It comes after the last one that is there, and the series goes that far."
                    }
                },
            )
        }
        Event::VolumeOverdue {
            series,
            volume,
            days,
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let which = Which { series, volumes };
            said(
                headline(&which, "is still missing", "are still missing"),
                format!(
                    "It has been missing for {}, and nothing is on its way.",
                    count(u64::from(*days), "day", "days")
                ),
            )
        }
        Event::VolumeFound {
            series,
            volumes,
            release,
            indexer,
            refused,
            ..
        } => {
            let found = format!("found on {}", phrase::name(indexer));
            let others = match refused {
                0 => String::new(),
                _ => format!(
                    "; {} refused",
                    count(*refused, "other offer was", "other offers were")
                ),
            };
            said(
                headline(&Which { series, volumes }, &found, &found),
                format!("{} was chosen{others}.", quoted(release)),
            )
        }
        Event::GrabSent {
            series,
            volumes,
            release,
            client,
            ..
        } => {
            let sent = format!("sent to {}", phrase::name(client));
            said(
                headline(&Which { series, volumes }, &sent, &sent),
                format!("{} is being downloaded.", quoted(release)),
            )
        }
        Event::GrabCompleted {
            series,
            volumes,
            release,
            client,
            ..
        } => said(
            headline(&Which { series, volumes }, "downloaded", "downloaded"),
            format!(
                "{} is complete in {}.",
                quoted(release),
                phrase::name(client)
            ),
        ),
        Event::GrabStalled {
            series,
            volumes,
            release,
            client,
            ..
        } => {
            let which = Which { series, volumes };
            let free = agreed(
                &which,
                "The volume is missing again",
                "The volumes are missing again",
            );
            said(
                headline(&which, "does not arrive", "do not arrive"),
                format!(
                    "{} got stuck in {}. {free}, and another release can be taken.",
                    quoted(release),
                    phrase::name(client)
                ),
            )
        }
        Event::GrabFailed {
            series,
            volumes,
            release,
            client,
            ..
        } => {
            let which = Which { series, volumes };
            let free = agreed(
                &which,
                "The volume is missing again",
                "The volumes are missing again",
            );
            said(
                which.with_colon("the download failed", Tongue::English),
                format!(
                    "{} will bring nothing ({}). {free}, and another release can be taken.",
                    quoted(release),
                    phrase::name(client)
                ),
            )
        }
        Event::GrabPlaced {
            series,
            volumes,
            release,
            ..
        } => {
            let placed = "put into the library";
            said(
                headline(&Which { series, volumes }, placed, placed),
                format!("It came from {}.", quoted(release)),
            )
        }
        Event::GrabRejected {
            series,
            volumes,
            release,
            ..
        } => said(
            headline(&Which { series, volumes }, "rejected", "rejected"),
            format!(
                "{} will not do. What was placed of it is taken out, and it is not sent for this series again.",
                quoted(release)
            ),
        ),
        Event::VolumeOnShelf {
            series,
            volumes,
            library,
        } => {
            let which = Which { series, volumes };
            let on = agreed(&which, "It is", "They are");
            said(
                headline(&which, "has arrived", "have arrived"),
                format!("{on} on the shelf, in {}.", quoted(library)),
            )
        }
        Event::VolumeVanished {
            series,
            volumes,
            library,
        } => {
            let which = Which { series, volumes };
            let gone = agreed(&which, "It is", "They are");
            let again = agreed(&which, "It is", "They are");
            said(
                headline(&which, "has vanished", "have vanished"),
                format!(
                    "{gone} no longer in {}. {again} not fetched again unless you ask for it.",
                    quoted(library)
                ),
            )
        }
        Event::VolumeAnnounced {
            series,
            volume,
            day,
            catalogue,
            ..
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let when = format!("announced for {}", written(*day, Tongue::English));
            said(
                Which { series, volumes }.with_colon(&when, Tongue::English),
                format!("{} says so.", phrase::name(catalogue)),
            )
        }
        Event::VolumeReleased {
            series,
            volume,
            day,
            catalogue,
            ..
        } => {
            let volumes = &std::iter::once(*volume).collect();
            let day = written(*day, Tongue::English);
            said(
                headline(&Which { series, volumes }, "is out", "are out"),
                format!("{} gives its day: {day}.", phrase::name(catalogue)),
            )
        }
        Event::CatalogueConflict {
            series, catalogue, ..
        } => said(
            format!(
                "{}: {} says something odd",
                phrase::name(&series.title),
                phrase::name(catalogue)
            ),
            "What it said before still counts, until you accept it.",
        ),
        Event::ReviewNeeded {
            series,
            volumes,
            release,
            grab,
            ..
        } => said(
            Which { series, volumes }.with_colon("yours to decide", Tongue::English),
            match grab {
                None => format!("Is {} to be sent?", quoted(release)),
                Some(_) => format!(
                    "What came of {} is in doubt. Is it good enough?",
                    quoted(release)
                ),
            },
        ),
        Event::CheckFinished {
            trigger,
            series,
            missing,
            sent,
            failed,
            errors,
            ..
        } => {
            let sent = match sent {
                0 => "nothing sent".into(),
                _ => count(*sent, "sent", "sent"),
            };
            let failures = match failed {
                0 => String::new(),
                _ => format!(", {}", count(*failed, "failed", "failed")),
            };
            let errors = match errors.len() as u64 {
                0 => String::new(),
                errors => format!(", {}", count(errors, "error", "errors")),
            };
            let missing = match missing {
                0 => "Nothing is missing.".into(),
                _ => format!("{} missing.", count(*missing, "volume is", "volumes are")),
            };
            let asked = match trigger.as_str() {
                "api" => " The check was asked for through the API.",
                "cli" => " The check was asked for on the command line.",
                "schedule" => " The check was due at this hour.",
                "library" => " The library had changed.",
                _ => "",
            };
            said(
                format!(
                    "Check of {}: {sent}{failures}{errors}",
                    count(*series, "series", "series")
                ),
                format!("{missing}{asked}"),
            )
        }
        Event::Digest { of, count: more } => said(
            match of.as_str() {
                "review.needed" => count(
                    *more,
                    "more question is yours to decide",
                    "more questions are yours to decide",
                ),
                "volume.missing" => {
                    count(*more, "more volume is missing", "more volumes are missing")
                }
                "volume.overdue" => count(
                    *more,
                    "more volume is still missing",
                    "more volumes are still missing",
                ),
                "series.added" => count(*more, "series was added", "series were added"),
                of => format!(
                    "{} ({})",
                    count(*more, "more event", "more events"),
                    phrase::name(of)
                ),
            },
            match of.as_str() {
                "series.added" => "They came together.",
                _ => "They were too many to be told one by one.",
            },
        ),
        Event::HealthDegraded { subject, .. } => said(
            format!("Trouble with {}", thing(subject)),
            "You will be told when it is over.",
        ),
        Event::HealthRestored { subject } => said(
            format!("In order again: {}", thing(subject)),
            "The trouble that was told before is over.",
        ),
        Event::Test { message } => said(
            "Test message from Lacunarr",
            match phrase::line(message, super::LONGEST_FACT) {
                message if message.is_empty() => "This target hears what it is told.".into(),
                message => message,
            },
        ),
    }
}

/// `source:prowlarr` as people call it.
fn thing(subject: &str) -> String {
    let (role, name) = subject.split_once(':').unwrap_or((subject, ""));
    let (name, part) = match name.rsplit_once(':') {
        Some((name, part @ ("shelf" | "placing"))) => (name, part),
        _ => (name, ""),
    };
    match (role, part) {
        ("library", "shelf") => format!("the shelf of {}", quoted(name)),
        ("library", "placing") => format!("placing into {}", quoted(name)),
        ("library" | "source" | "client" | "target" | "rule" | "list", _) => {
            format!("{role} {}", quoted(name))
        }
        ("secrets", _) => "the secrets".into(),
        _ => quoted(subject),
    }
}
