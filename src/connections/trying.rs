//! Trying a connection out, as a person asks for it. What came of it is how the connection is: a failure stands in health, and what works is asked
//! again at once.

use std::path::PathBuf;

use crate::{
    app::App,
    arrival, clock,
    connection::{EbdzSettings, Role, Settings},
    health, pace,
    ports::{PortError, TestReport},
    search::ebdz::ForumError,
    store::{self, StoreError, connection::Connection},
    telling,
};

/// What was found: what is there, or a sentence that says what is wrong.
type Found = Result<TestReport, String>;

/// Tries a connection out. One that works is asked again at once, whatever its failures were.
///
/// # Errors
/// When the database fails; what the test found is inside.
pub async fn test(app: &App, row: &Connection) -> Result<Found, StoreError> {
    match Role::of(row) {
        Role::Library => library(app, row).await,
        Role::Source => source(app, row).await,
        Role::Client => match app.client(row) {
            Ok(client) => written_down(app, row, client.test().await).await,
            Err(error) => Ok(Err(error.to_string())),
        },
        Role::Catalogue => match app.catalogue(row) {
            Ok(catalogue) => match app.paces.pass_soon(row).await {
                Some(_pass) => written_down(app, row, catalogue.test().await).await,
                None => Ok(Err(pace::BUSY.into())),
            },
            Err(error) => Ok(Err(error.to_string())),
        },
        Role::Target => telling::by_hand::test(app, row).await,
        // It is called, and never calls.
        Role::Hook => Ok(Err("a hook is tried with a body".into())),
    }
}

/// A connection that is switched off has no health: whoever sets it up tries it more than once.
async fn written_down(
    app: &App,
    row: &Connection,
    tested: Result<TestReport, PortError>,
) -> Result<Found, StoreError> {
    match &tested {
        Ok(_) => health::worked(app, row.id).await?,
        Err(error) if row.enabled => health::failed(app, row.id, error).await?,
        Err(_) => {}
    }
    Ok(tested.map_err(|error| error.to_string()))
}

/// A folder that a client cannot be seen in is no failure of the library.
async fn library(app: &App, row: &Connection) -> Result<Found, StoreError> {
    let library = match app.library(row) {
        Ok(library) => library,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let report = match written_down(app, row, library.test().await).await? {
        Ok(report) => report,
        Err(why) => return Ok(Err(why)),
    };
    Ok(match arrival::try_out(app, row).await? {
        Ok(tried) => Ok(TestReport {
            program: [vec![report.program], tried.good].concat().join("; "),
            warnings: [report.warnings, tried.warnings, overlaps(app, row).await?].concat(),
        }),
        Err(why) => Err(why),
    })
}

async fn source(app: &App, row: &Connection) -> Result<Found, StoreError> {
    if let Some(Settings::Ebdz(ebdz)) = Settings::from_json(&row.kind, &row.config) {
        return forum(app, row, &ebdz).await;
    }
    match app.source(row) {
        Ok(source) => written_down(app, row, source.test().await).await,
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// One page of the first forum. What was refused is not sent again for a while: each time brings the account nearer to a captcha and a ban.
async fn forum(app: &App, row: &Connection, ebdz: &EbdzSettings) -> Result<Found, StoreError> {
    if let Some(why) = held(app, row).await? {
        return Ok(Err(why));
    }
    let forum = match app.forum(row) {
        Ok(forum) => forum,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let first = ebdz.forums.first().copied().unwrap_or_default();
    let tested = forum.test(first).await;
    match &tested {
        Ok(_) => {
            store::crawl::works(&app.db, row.id).await?;
            app.crawl_wake.notify_one();
        }
        Err(ForumError::Refused { why, .. }) => {
            let until = why.hold().map(|hold| app.clock.now() + hold);
            store::crawl::refuse(&app.db, row.id, row.updated_at, until).await?;
        }
        Err(_) => {}
    }
    written_down(app, row, tested.map_err(ForumError::into_port)).await
}

/// Why name and password of a forum are not sent now; none when they may be.
///
/// # Errors
/// When the database fails.
pub async fn held(app: &App, row: &Connection) -> Result<Option<String>, StoreError> {
    let crawl = store::crawl::get(&app.db, row.id).await?;
    let Some(until) = crawl.held(row.updated_at, app.clock.now()) else {
        return Ok(None);
    };
    let zone = app.settings().await?.time_zone;
    let why = row.error.as_deref().unwrap_or("it refused them");
    Ok(Some(format!(
        "the same name and password are not sent again before {}: {why}. Once they are changed here they are tried at once",
        clock::moment(until, zone)
    )))
}

/// Other libraries of the same files: what is put into one shows in both.
async fn overlaps(app: &App, row: &Connection) -> Result<Vec<String>, StoreError> {
    let folder = |row: &Connection| match Settings::from_json(&row.kind, &row.config) {
        Some(Settings::Folder(folder)) => Some(PathBuf::from(folder.path)),
        _ => None,
    };
    let Some(ours) = folder(row) else {
        return Ok(Vec::new());
    };
    let rows = store::connection::list(&app.db, Role::Library.word()).await?;
    let warning = |other: &Connection| {
        let theirs = folder(other)?;
        let nested = theirs.starts_with(&ours) || ours.starts_with(&theirs);
        (other.id != row.id && nested).then(|| {
            format!(
                "its folder and that of the library '{}' lie in each other ({}): each volume in both is shown by both, and counts once",
                other.name,
                theirs.display()
            )
        })
    };
    Ok(rows.iter().filter_map(warning).collect())
}
