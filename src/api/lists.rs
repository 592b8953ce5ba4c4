//! Resource `lists`: lists of readers whose series a library is to hold.

mod view;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    types::MaybeUndefined,
};

use super::{
    Tag,
    connection::set,
    error::{BODY, CONFLICT, Failure, ONE, QUERY, UPSTREAM},
    guard::Key,
    json::Json,
    libraries,
    page::{Asked, Page},
};
use crate::{
    app::App,
    collection::lists,
    domain::import_list::States,
    store::{self, import_list},
};
use view::{ImportList, ListCatalogue, ListEntry, ListOutcome, ListState, Outcome, shown};

/// A list that is to be followed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewList {
    /// Where it is kept.
    catalogue: ListCatalogue,
    /// Whose it is there: the name in the address of the profile. The list has to be public.
    #[oai(validator(min_length = 1, max_length = 40, pattern = "^[A-Za-z0-9_-]+$"))]
    user: String,
    /// Which of its series are taken; left out for `reading`, `completed`, `planning`.
    #[oai(validator(max_items = 5))]
    states: Option<Vec<ListState>>,
    /// The library that is to hold them.
    #[oai(validator(minimum(value = "1")))]
    library_id: i64,
    /// ISO 639-1 of the copies that are collected; left out for the library's.
    #[oai(validator(pattern = "^[a-z]{2}$"))]
    language: Option<String>,
    /// Look for what is missing of what is added.
    #[oai(default)]
    monitored: bool,
    /// It is read, once a day.
    #[oai(default = "yes")]
    enabled: bool,
}

/// What is to be changed of a list; what is left out stays as it is. Of which user it is cannot be changed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct ListChange {
    /// Which of its series are taken.
    #[oai(validator(max_items = 5))]
    states: Option<Vec<ListState>>,
    /// The library that is to hold those that are added from now on.
    #[oai(validator(minimum(value = "1")))]
    library_id: Option<i64>,
    /// ISO 639-1 of the copies that are collected; `null` for the library's.
    #[oai(nullable, validator(pattern = "^[a-z]{2}$"))]
    language: MaybeUndefined<String>,
    /// Look for what is missing of what is added from now on.
    monitored: Option<bool>,
    /// It is read, once a day.
    enabled: Option<bool>,
}

/// How a list is read.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct ListRead {
    /// Just say what it would do.
    #[oai(default)]
    dry_run: bool,
}

/// It was made.
#[derive(ApiResponse)]
enum ListMade {
    /// The list; it is read soon.
    #[oai(status = 201)]
    Created(Json<ImportList>),
}

/// It is gone.
#[derive(ApiResponse)]
enum ListGone {
    /// Its series stay.
    #[oai(status = 204)]
    Deleted,
}

fn yes() -> bool {
    true
}

pub struct ListsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Lists")]
impl ListsApi {
    /// List import lists
    ///
    /// The lists that are followed, with what came of each.
    #[oai(path = "/lists", method = "get", operation_id = "list_lists")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<ImportList>>, Failure<QUERY>> {
        let mut all = Vec::new();
        for list in store::import_list::list(&app.db).await? {
            all.push(shown(&app, list).await?);
        }
        Ok(Json(all))
    }

    /// Follow a list
    ///
    /// It is read soon, and then once a day: series that are not known are added to the library, those that are known are told apart by
    /// it. The first time is told as one event. What leaves the list stays, and what you remove does not come back.
    #[oai(path = "/lists", method = "post", operation_id = "create_list")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewList>,
    ) -> Result<ListMade, Failure<{ ONE | BODY | CONFLICT }>> {
        libraries::find(&app, body.library_id).await?;
        let list = lists::create(&app, body.0.into()).await?;
        Ok(ListMade::Created(Json(shown(&app, list).await?)))
    }

    /// Get an import list
    ///
    /// With when it was read last, and what was wrong.
    #[oai(path = "/lists/:id", method = "get", operation_id = "get_list")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<ImportList>, Failure<ONE>> {
        let list = lists::find(&app, id.0).await?;
        Ok(Json(shown(&app, list).await?))
    }

    /// Change an import list
    ///
    /// It is read anew soon.
    #[oai(path = "/lists/:id", method = "patch", operation_id = "change_list")]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<ListChange>,
    ) -> Result<Json<ImportList>, Failure<{ ONE | BODY | CONFLICT }>> {
        let (mut list, change) = (lists::find(&app, id.0).await?, body.0);
        libraries::is_there(&app, change.library_id).await?;
        set(&mut list.states, change.states.map(|states| taken(&states)));
        set(&mut list.library_id, change.library_id);
        set(&mut list.monitored, change.monitored);
        set(&mut list.enabled, change.enabled);
        match change.language {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => list.language = None,
            MaybeUndefined::Value(language) => list.language = Some(language),
        }
        let list = lists::change(&app, &list).await?;
        Ok(Json(shown(&app, list).await?))
    }

    /// Remove an import list
    ///
    /// Its series stay; what you removed of them is forgotten.
    #[oai(path = "/lists/:id", method = "delete", operation_id = "delete_list")]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<ListGone, Failure<ONE>> {
        lists::remove(&app, id.0).await?;
        Ok(ListGone::Deleted)
    }

    /// Read an import list
    ///
    /// Now, whether it is enabled or not, at the pace of its catalogue: a long list takes a minute. With `dryRun` it says what that would do.
    #[oai(path = "/lists/:id/read", method = "post", operation_id = "read_list")]
    async fn read(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<ListRead>,
    ) -> Result<Json<ListOutcome>, Failure<{ ONE | BODY | CONFLICT | UPSTREAM }>> {
        let taken = lists::read(&app, id.0, body.dry_run).await?;
        Ok(Json(ListOutcome::of(taken, body.dry_run)))
    }

    /// List the series of an import list
    ///
    /// By title, with what came of each.
    #[oai(
        path = "/lists/:id/entries",
        method = "get",
        operation_id = "list_entries"
    )]
    async fn entries(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        /// Just those of which this came.
        outcome: Query<Option<Outcome>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<ListEntry>>, Failure<ONE>> {
        let list = lists::find(&app, id.0).await?;
        let asked = Asked::new(page.0, page_size.0);
        let outcome = outcome.0.map(Into::into);
        let entries = store::import_list::page(&app.db, list.id, outcome, asked.window()).await?;
        Ok(Json(asked.of(entries, |entry| ListEntry::of(entry, &list))))
    }
}

fn taken(states: &[ListState]) -> States {
    let states: Vec<_> = states.iter().copied().map(Into::into).collect();
    States::of(&states)
}

impl From<NewList> for import_list::ImportList {
    fn from(new: NewList) -> Self {
        Self {
            id: 0,
            catalogue: new.catalogue.into(),
            user: new.user,
            states: new
                .states
                .map_or_else(States::default, |given| taken(&given)),
            library_id: new.library_id,
            language: new.language,
            monitored: new.monitored,
            enabled: new.enabled,
            due_at: 0,
            read_at: None,
            is_whole: true,
            problem: None,
            created_at: 0,
            updated_at: 0,
        }
    }
}
