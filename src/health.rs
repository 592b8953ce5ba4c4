//! How connections are: written when they change, told once, and read as a list of what does not work.

pub mod forum;

use chrono_tz::Tz;

use crate::{
    announcing,
    app::App,
    arrival, clock,
    connection::{Role, Settings},
    domain::{
        backoff,
        event::Event,
        following::{Stuck, Track, stuck},
        link::Network,
        units::HOUR,
    },
    holdings,
    ports::PortError,
    secret::Vault,
    store::{self, connection::Connection, import_list::ImportList, rule::StoredRule},
};

/// Something that does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable, for example `source:prowlarr`.
    pub subject: String,
    /// What is wrong, and what to do.
    pub message: String,
    /// Milliseconds since the epoch.
    pub since: Option<i64>,
}

/// How long what was placed may not be shown by its library.
const LONG_PLACED: i64 = 12 * HOUR;

fn subject(row: &Connection) -> String {
    format!("{}:{}", row.role, row.name)
}

/// It answered: its failures are forgotten, and whoever heard of them hears that they are over.
///
/// # Errors
/// When the database fails.
pub async fn worked(app: &App, id: i64) -> store::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let Some(row) = store::connection::get_in(&mut tx, id).await? else {
        return Ok(());
    };
    store::connection::worked(&mut tx, id, now).await?;
    if row.error.is_some() {
        tracing::info!(connection = subject(&row), "works again");
        store::event::append(
            &mut tx,
            &[Event::HealthRestored {
                subject: subject(&row),
            }],
            now,
        )
        .await?;
    }
    tx.commit().await
}

/// [`worked`], unless that was written down a moment ago and nothing has failed since.
///
/// # Errors
/// When the database fails.
pub async fn worked_if_failed(app: &App, row: &Connection) -> store::Result<()> {
    let fresh = row
        .ok_at
        .is_some_and(|at| at + store::connection::FRESH > app.clock.now());
    if row.error.is_some() || row.failures > 0 || !fresh {
        worked(app, row.id).await?;
    }
    Ok(())
}

/// It did not answer: written down with its back-off, and told when it worked before.
///
/// # Errors
/// When the database fails.
pub async fn failed(app: &App, id: i64, error: &PortError) -> store::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let Some(row) = store::connection::get_in(&mut tx, id).await? else {
        return Ok(());
    };
    if is_resting(&row, now) {
        // One outage seen by several checks at once is one failure.
        return Ok(());
    }
    let failures = u32::try_from(row.failures + 1).unwrap_or(u32::MAX);
    let pause = backoff::pause(failures, error.retry_after());
    let until = now + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX / 2);
    let message = error.to_string();
    store::connection::failed(&mut tx, id, &message, (until > now).then_some(until), now).await?;
    tracing::warn!(connection = subject(&row), failures, pause_seconds = pause.as_secs(), %error, "a connection failed");
    if row.error.is_none() {
        store::event::append(
            &mut tx,
            &[Event::HealthDegraded {
                subject: subject(&row),
                message,
            }],
            now,
        )
        .await?;
    }
    tx.commit().await?;
    app.has_failed();
    Ok(())
}

/// What is stuck of the grabs of a client, and when anything that was sent to it last moved.
///
/// # Errors
/// When the database fails.
pub async fn stuck_in(
    app: &App,
    row: &Connection,
    tracks: &[Track],
) -> store::Result<(Stuck, Option<i64>)> {
    let last_moved = store::grab::last_moved(&app.db, row.id).await?;
    let network =
        Settings::from_json(&row.kind, &row.config).and_then(|settings| settings.network());
    let patience = app
        .settings()
        .await?
        .patience(network.unwrap_or(Network::Torrent));
    let stuck = stuck(tracks, last_moved, &patience, app.clock.now());
    Ok((stuck, last_moved))
}

/// Most of what was sent to a client is stuck together: that is no release's fault.
async fn nothing_comes(app: &App, row: &Connection) -> store::Result<Option<Problem>> {
    let grabs = store::grab::followed(&app.db, row.id).await?;
    let tracks: Vec<Track> = grabs.iter().map(|grab| grab.track).collect();
    let (stuck, last_moved) = stuck_in(app, row, &tracks).await?;
    let Stuck::Client { grabs, hours } = stuck else {
        return Ok(None);
    };
    Ok(Some(Problem {
        subject: format!("{}:downloads", subject(row)),
        message: format!(
            "nothing came of {grabs} downloads in {hours} h, nor of any other: is the connection of {} (its VPN, its port) up? None \
             of them is given up while that is so",
            row.name
        ),
        since: last_moved,
    }))
}

/// It says itself that it is not connected, while something is to come.
async fn reaches_nobody(app: &App, row: &Connection) -> store::Result<Option<Problem>> {
    let is_alone = holdings::last(app, row.id).is_some_and(|held| held.is_alone);
    if !is_alone || store::grab::live_of_client(&app.db, row.id).await? == 0 {
        return Ok(None);
    }
    let settings = Settings::from_json(&row.kind, &row.config);
    let to = match settings.and_then(|settings| settings.network()) {
        Some(Network::Ed2k) => "neither to an ed2k server nor to Kad",
        _ => "to nobody",
    };
    Ok(Some(Problem {
        subject: format!("{}:network", subject(row)),
        message: format!(
            "{} is connected {to}: until it is, nothing comes, and nothing is given up",
            row.name
        ),
        since: None,
    }))
}

/// A client that is switched off is asked nothing, also not what became of that which it was sent.
async fn not_followed(app: &App, row: &Connection) -> store::Result<Option<Problem>> {
    if Role::of(row) != Role::Client {
        return Ok(None);
    }
    let grabs = store::grab::followed(&app.db, row.id).await?.len();
    Ok((grabs > 0).then(|| Problem {
        subject: format!("{}:downloads", subject(row)),
        message: format!(
            "{} is switched off, and {grabs} of its downloads are not followed: their volumes stay reserved until it is switched on, or \
             until they are given up",
            row.name
        ),
        since: None,
    }))
}

/// Everything that does not work now.
///
/// # Errors
/// When the database fails.
pub async fn problems(app: &App) -> store::Result<Vec<Problem>> {
    let mut problems = of_itself(app).await?;
    for row in store::connection::list(&app.db, "")
        .await?
        .iter()
        .filter(|row| row.enabled)
    {
        if let Some(error) = &row.error {
            problems.push(Problem {
                subject: subject(row),
                message: error.clone(),
                since: row.error_at,
            });
        } else if let Err(error) = app.connection(row) {
            problems.push(Problem {
                subject: subject(row),
                message: error.to_string(),
                since: None,
            });
        }
        if row.role == "library"
            && row.error.is_none()
            && let Some(held) = store::library::state(&app.db, row.id).await?.held
        {
            problems.push(Problem {
                subject: subject(row),
                message: held,
                since: None,
            });
        }
    }
    problems.extend(switched_off(app).await?);
    Ok(problems)
}

/// What does not work and is told by nobody who comes across it: `worker::health` looks for it.
///
/// # Errors
/// When the database fails.
pub async fn of_itself(app: &App) -> store::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    if let Vault::Locked(why) = &app.vault {
        problems.push(Problem {
            subject: "secrets".into(),
            message: format!("secrets are locked: {why}"),
            since: None,
        });
    }
    let rows = store::connection::list(&app.db, "").await?;
    for row in rows.iter().filter(|row| row.enabled) {
        match Role::of(row) {
            Role::Client => {
                problems.extend(nothing_comes(app, row).await?);
                problems.extend(reaches_nobody(app, row).await?);
            }
            Role::Library => {
                let inboxes = holdings::inbox::problems(app, row).await;
                problems.extend(inboxes.into_iter().map(|message| Problem {
                    subject: format!("{}:inbox", subject(row)),
                    message,
                    since: None,
                }));
            }
            Role::Source => problems.extend(forum::problems(app, row).await?),
            Role::Target | Role::Hook | Role::Catalogue => {}
        }
    }
    for row in rows.iter().filter(|row| !row.enabled) {
        problems.extend(not_followed(app, row).await?);
    }
    problems.extend(closed_lists(app).await?);
    problems.extend(held_counts(app).await?);
    problems.extend(broken_rules(app).await?);
    problems.extend(not_placed(app).await?);
    Ok(problems)
}

/// Lists of users who are not there, or that are private.
async fn closed_lists(app: &App) -> store::Result<Vec<Problem>> {
    let lists = store::import_list::list(&app.db).await?;
    let problem = |list: ImportList| {
        let problem = list
            .problem
            .filter(|why| list.enabled && why.needs_person)?;
        Some(Problem {
            subject: format!("list:{}/{}", list.catalogue.word(), list.user),
            message: problem.message,
            since: Some(problem.since),
        })
    };
    Ok(lists.into_iter().filter_map(problem).collect())
}

/// What catalogues say and is not believed, of all series in one problem.
async fn held_counts(app: &App) -> store::Result<Option<Problem>> {
    let first = store::Window {
        limit: 1,
        offset: 0,
    };
    let page = store::catalogue::said::held(&app.db, first).await?;
    let Some((series, stored)) = page.records.into_iter().next() else {
        return Ok(None);
    };
    let (Some(held), Some(known)) = (stored.held, store::series::get(&app.db, series).await?)
    else {
        return Ok(None);
    };
    let (by, market) = (stored.said.by, stored.said.statement.market);
    let more = match page.total - 1 {
        0 => String::new(),
        more => format!("; {more} more of other series or catalogues"),
    };
    Ok(Some(Problem {
        subject: "catalogues:held".into(),
        message: format!(
            "{}, of {}: it does not count until you accept it (POST /api/v1/series/{series}/catalogues/{}/accept with {{\"market\":\"{}\"}}){more}",
            announcing::sentence(by, market, &held.why),
            known.series.title,
            by.word(),
            market.word()
        ),
        since: Some(held.since),
    }))
}

/// Targets that were switched off by themselves.
async fn switched_off(app: &App) -> store::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for row in store::connection::list(&app.db, Role::Target.word()).await? {
        let why = store::target::get(&app.db, row.id).await?.switched_off;
        problems.extend(why.filter(|_| !row.enabled).map(|message| Problem {
            subject: subject(&row),
            message,
            since: row.error_at,
        }));
    }
    Ok(problems)
}

/// What came, and something keeps from a library into which it should be put: a problem of the library, told once.
async fn not_placed(app: &App) -> store::Result<Vec<Problem>> {
    let mut problems: Vec<(Problem, usize)> = Vec::new();
    let long_ago = app.clock.now() - LONG_PLACED;
    for grab in store::grab::arriving::stuck_here(&app.db, long_ago).await? {
        if grab.problem.as_deref() == Some(arrival::ASKED) {
            // A review says so.
            continue;
        }
        let why = grab.problem.as_deref().unwrap_or(
            "it was put there, and the scans since do not show it; is its name read as what it is?",
        );
        for (row, _) in arrival::libraries_of(app, grab.series_id).await? {
            let subject = format!("{}:placing", subject(&row));
            match problems
                .iter_mut()
                .find(|(known, _)| known.subject == subject)
            {
                Some((_, others)) => *others += 1,
                None => {
                    let message = format!("'{}' is not in the library yet: {why}", grab.title);
                    let since = grab.problem_since.or(Some(grab.updated_at));
                    problems.push((
                        Problem {
                            subject,
                            message,
                            since,
                        },
                        0,
                    ));
                }
            }
        }
    }
    for row in store::placement::of_ended(&app.db).await? {
        let library = store::connection::get(&app.db, row.library_id).await?;
        if let (Some(library), Some(why)) = (library, &row.message) {
            problems.push((
                Problem {
                    subject: format!("{}:placing", subject(&library)),
                    message: format!(
                        "{} is still to be taken out of the library: {why}",
                        row.target
                    ),
                    since: Some(row.updated_at),
                },
                0,
            ));
        }
    }
    let told = |(mut problem, others): (Problem, usize)| {
        if others > 0 {
            problem.message.push_str(&format!(" (and {others} more)"));
        }
        problem
    };
    Ok(problems.into_iter().map(told).collect())
}

async fn broken_rules(app: &App) -> store::Result<Vec<Problem>> {
    let rules = store::rule::all(&app.db).await?;
    let problem = |stored: &StoredRule| {
        let compiled = stored.rule.compile();
        let mend = match stored.managed.as_str() {
            "file" => "mend it in the configuration file and restart",
            _ => "mend or remove it",
        };
        Some(Problem {
            subject: format!("rule:{}", compiled.name()),
            message: format!(
                "it cannot be asked, so it refuses everything that it is asked about: {}; {mend}",
                compiled.error()?
            ),
            since: None,
        })
    };
    let enabled = rules.iter().filter(|stored| stored.enabled);
    Ok(enabled.filter_map(problem).collect())
}

/// True while a connection is left alone after a failure.
pub fn is_resting(row: &Connection, now: i64) -> bool {
    row.blocked_until.is_some_and(|until| until > now)
}

/// Why a connection in back-off is not asked, with the end in the user's zone.
pub fn resting(row: &Connection, zone: Tz, now: i64) -> Option<String> {
    let until = row.blocked_until.filter(|until| *until > now)?;
    let at = clock::moment(until, zone);
    let cause = row.error.as_deref().unwrap_or("it failed");
    Some(format!(
        "{} is left alone until {at} after {} failures: {cause}",
        row.name, row.failures
    ))
}
