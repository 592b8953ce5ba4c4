//! What does not work of a source that is read into the local index, although it can be reached.

use super::{Problem, subject};
use crate::{
    app::App,
    clock,
    connection::{EbdzSettings, Settings},
    store::{
        self,
        connection::Connection,
        crawl::{Crawl, Forum},
        forum::Faulty,
    },
};

/// Threads that are looked at for the problem of a source.
const MOST_THREADS: i64 = 1_000;

/// Forums and threads of a source that cannot be read, while others can.
///
/// # Errors
/// When the database fails.
pub async fn problems(app: &App, row: &Connection) -> store::Result<Vec<Problem>> {
    let Some(Settings::Ebdz(settings)) = Settings::from_json(&row.kind, &row.config) else {
        return Ok(Vec::new());
    };
    let (unreadable, readable) = forums(app, row, &settings).await?;
    let faulty = store::forum::faulty(&app.db, row.id, MOST_THREADS).await?;
    let (tried, tied): (Vec<Faulty>, Vec<Faulty>) =
        faulty.into_iter().partition(|thread| thread.due);
    let of = |part: &str, message: Option<String>, since| {
        message.map(|message| Problem {
            subject: format!("{}:{part}", subject(row)),
            message,
            since,
        })
    };
    let since = unreadable.iter().filter_map(|forum| forum.problem_at).min();
    let problems = [
        of("forums", unread_forums(&unreadable, readable), since),
        of("threads", unread_threads(&tried), None),
        of("ties", tied_in_vain(&tied), None),
    ];
    Ok(problems.into_iter().flatten().collect())
}

/// The forums that cannot be read, and how many can.
async fn forums(
    app: &App,
    row: &Connection,
    settings: &EbdzSettings,
) -> store::Result<(Vec<Forum>, usize)> {
    let forums = store::crawl::forums(&app.db, row.id).await?;
    let wanted = forums
        .into_iter()
        .filter(|forum| settings.forums.contains(&forum.forum_id));
    let (unreadable, readable): (Vec<Forum>, Vec<Forum>) =
        wanted.partition(|forum| forum.problem.is_some());
    Ok((unreadable, readable.len()))
}

fn unread_forums(forums: &[Forum], readable: usize) -> Option<String> {
    let first = forums.first()?;
    let (id, problem) = (first.forum_id, first.problem.as_deref()?);
    let others = forums[1..].iter().map(|forum| forum.forum_id.to_string());
    let others = match others.collect::<Vec<_>>() {
        others if others.is_empty() => String::new(),
        others => format!(" (nor are {})", others.join(", ")),
    };
    let end = match readable {
        0 => "",
        _ => ". The other forums are read",
    };
    Some(format!(
        "forum {id} is not read{others}: {problem}. Look at its page forumdisplay.php?fid={id} with a browser, logged in as this account; ask for \
         access there, or correct the number in 'forums'{end}"
    ))
}

fn unread_threads(threads: &[Faulty]) -> Option<String> {
    let (first, count) = (threads.first()?, threads.len());
    Some(format!(
        "{count} threads could not be read, the last {} {}: {}. Their links stay as they are, and they are tried again with the next crawl",
        first.thread_id, first.title, first.problem
    ))
}

fn tied_in_vain(threads: &[Faulty]) -> Option<String> {
    let (first, count) = (threads.first()?, threads.len());
    let others = match count {
        1 => String::new(),
        count => format!(", and {} others", count - 1),
    };
    Some(format!(
        "a series is tied to thread {}{others}, which is not read any more: {}. Untie it, or tie the right one",
        first.thread_id, first.problem
    ))
}

/// Why what is found in the index of a source may not be all that there is; none when it is read as it should be.
///
/// # Errors
/// When the database fails.
pub async fn unread(app: &App, row: &Connection) -> store::Result<Option<String>> {
    let crawl = store::crawl::get(&app.db, row.id).await?;
    let known = as_of(app, &crawl).await?;
    if let Some(error) = &row.error {
        return Ok(Some(format!("{known}, and it is not read now: {error}")));
    }
    let Some(Settings::Ebdz(settings)) = Settings::from_json(&row.kind, &row.config) else {
        return Ok(None);
    };
    if let (unreadable, 0) = forums(app, row, &settings).await?
        && let Some(why) = unread_forums(&unreadable, 0)
    {
        return Ok(Some(format!("{known}: {why}")));
    }
    Ok(match crawl.ended_at {
        None => Some("it is not read to its end yet".into()),
        Some(_) => None,
    })
}

async fn as_of(app: &App, crawl: &Crawl) -> store::Result<String> {
    let Some(read_at) = crawl.read_at else {
        return Ok("nothing of it was read yet".into());
    };
    let zone = app.settings().await?.time_zone;
    let at = clock::moment(read_at, zone);
    Ok(format!("its index is as of {at}"))
}
