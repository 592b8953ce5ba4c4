//! Resources `crawl` and `threads` of a source that is a forum.

mod links;
mod view;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    ApiResponse, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag, connection,
    error::{ApiError, CONFLICT, Failure, ONE},
    guard::Key,
    json::Json,
    page::{Asked, Page},
};
use crate::{
    app::App,
    connection::{Role, Settings},
    connections,
    domain::title::fold,
    forums::{self, AskError},
    store::{self, connection::Connection},
};
pub use links::LinksApi;
use view::{Crawl, ForumThread};

/// The crawl was asked for.
#[derive(ApiResponse)]
enum CrawlAccepted {
    /// It begins at once.
    #[oai(status = 202)]
    Accepted(Json<Crawl>),
}

/// It is so now.
#[derive(ApiResponse)]
enum Done {
    /// Nothing more to say.
    #[oai(status = 204)]
    Done,
}

pub struct ForumsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Sources")]
impl ForumsApi {
    /// Get a crawl
    ///
    /// How far the reading of a forum source has come, and what is in its index.
    #[oai(
        path = "/sources/:id/crawl",
        method = "get",
        operation_id = "get_crawl"
    )]
    async fn crawl(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
    ) -> Result<Json<Crawl>, Failure<{ ONE | CONFLICT }>> {
        let row = forum(&app, id.0).await?;
        Ok(Json(crawl_of(&app, &row).await?))
    }

    /// Crawl now
    ///
    /// What is new in the forums is read, at their pace. Refused (409) while the source is off, the forum wants to be left alone, or the name and
    /// password that it refused in the last hour are still the same.
    #[oai(
        path = "/sources/:id/crawl",
        method = "post",
        operation_id = "start_crawl"
    )]
    async fn start_crawl(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
    ) -> Result<CrawlAccepted, Failure<{ ONE | CONFLICT }>> {
        let row = forum(&app, id.0).await?;
        forums::ask(&app, &row).await?;
        app.crawl_wake.notify_one();
        Ok(CrawlAccepted::Accepted(Json(crawl_of(&app, &row).await?)))
    }

    /// Stop a crawl
    ///
    /// It ends after the page that it reads now. The next one goes on where it was.
    #[oai(
        path = "/sources/:id/crawl",
        method = "delete",
        operation_id = "stop_crawl"
    )]
    async fn stop_crawl(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
    ) -> Result<Json<Crawl>, Failure<{ ONE | CONFLICT }>> {
        let row = forum(&app, id.0).await?;
        if !store::crawl::stop(&app.db, row.id, app.clock.now()).await? {
            return Err(ApiError::conflict("there is no crawl to be stopped").into());
        }
        Ok(Json(crawl_of(&app, &row).await?))
    }

    /// List threads
    ///
    /// Of a forum source, as they are in its index; the one seen last in a list first.
    #[oai(
        path = "/sources/:id/threads",
        method = "get",
        operation_id = "list_threads"
    )]
    async fn threads(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
        /// Only those whose titles hold this, whatever its accents and articles are.
        #[oai(validator(max_length = 200))]
        search: Query<Option<String>>,
        /// Which page, from 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// Records of a page.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<ForumThread>>, Failure<{ ONE | CONFLICT }>> {
        let row = forum(&app, id.0).await?;
        let asked = Asked::new(page.0, page_size.0);
        let folded = fold(search.0.as_deref().unwrap_or_default());
        let found = store::forum::threads(&app.db, row.id, &folded, asked.window()).await?;
        let mut held = store::series_thread::all_held(&app.db, row.id).await?;
        Ok(Json(asked.of(found, |thread| {
            let series = held.remove(&thread.thread_id).unwrap_or_default();
            ForumThread::of(thread, series)
        })))
    }

    /// Tie a series to a thread
    ///
    /// The thread holds the series: it is read before others, and the series is checked when links come into it. A thread may hold several. One
    /// that does not exist says so (`problem`) once it was read; tying it again has it read again.
    #[oai(
        path = "/sources/:id/threads/:thread/series/:series",
        method = "put",
        operation_id = "tie_series_to_thread"
    )]
    async fn tie(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
        /// The thread's number there.
        #[oai(validator(minimum(value = "1")))]
        thread: Path<i64>,
        /// The series' number.
        series: Path<i64>,
    ) -> Result<Done, Failure<{ ONE | CONFLICT }>> {
        let row = forum(&app, id.0).await?;
        let mut tx = app.db.begin().await?;
        if store::series::get_in(&mut tx, series.0).await?.is_none() {
            return Err(ApiError::unknown("series", series.0).into());
        }
        store::series_thread::tie(&mut tx, series.0, (row.id, thread.0), app.clock.now()).await?;
        // Its links may be in the index already.
        store::series::search_now(&mut tx, series.0).await?;
        tx.commit().await?;
        Ok(Done::Done)
    }

    /// Untie a series from a thread
    ///
    /// The thread is searched by its title again, as all others are.
    #[oai(
        path = "/sources/:id/threads/:thread/series/:series",
        method = "delete",
        operation_id = "untie_series_from_thread"
    )]
    async fn untie(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The source's number.
        id: Path<i64>,
        /// The thread's number there.
        #[oai(validator(minimum(value = "1")))]
        thread: Path<i64>,
        /// The series' number.
        series: Path<i64>,
    ) -> Result<Done, Failure<{ ONE | CONFLICT }>> {
        let row = forum(&app, id.0).await?;
        let mut tx = app.db.begin().await?;
        if !store::series_thread::untie(&mut tx, series.0, (row.id, thread.0)).await? {
            return Err(ApiError::not_found("the series is not tied to this thread").into());
        }
        tx.commit().await?;
        Ok(Done::Done)
    }
}

/// A source that is read into an index.
async fn forum(app: &App, id: i64) -> Result<Connection, ApiError> {
    let row = connections::find(app, Role::Source, id).await?;
    match connection::settings(&row)? {
        Settings::Ebdz(_) => Ok(row),
        _ => Err(ApiError::conflict(
            "this source is no forum: it is asked, and not read",
        )),
    }
}

async fn crawl_of(app: &App, row: &Connection) -> Result<Crawl, ApiError> {
    let crawl = store::crawl::get(&app.db, row.id).await?;
    let forums = store::crawl::forums(&app.db, row.id).await?;
    let counts = store::forum::counts(&app.db, row.id).await?;
    let why = match app.connection(row) {
        Err(locked) => Some(locked.to_string()),
        Ok(_) if row.error.is_none() && !crawl.asked && !app.settings().await?.enabled => Some(
            "everything is switched off; it goes on once the setting 'enabled' is on again".into(),
        ),
        Ok(_) => row.error.clone(),
    };
    Ok(Crawl::of(
        (row, why),
        &crawl,
        forums,
        counts,
        app.clock.now(),
    ))
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Off | AskError::Rests { .. } | AskError::Held(_) => {
                Self::conflict(error.to_string())
            }
            AskError::Store(error) => error.into(),
        }
    }
}
