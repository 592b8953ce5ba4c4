//! Resource `incoming-webhooks`: hooks, by which other programs say that something changed, and the last bodies that came to each.

mod bodies;
mod view;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, OpenApi, param::Path};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    connection::Role,
    connections,
    hearing::{self, AgainError},
    secret::{self, Secret},
    store::{self, connection::Connection},
};
use bodies::{BodyToTry, HookBody, HookMeaning};
use view::{HookRequest, IncomingWebhook, settings, view, wanted};

/// It was made.
#[derive(ApiResponse)]
enum HookMade {
    /// The hook. A `token` that was made for it is shown this once.
    #[oai(status = 201)]
    Created(Json<IncomingWebhook>),
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// It answers nobody any more, and the bodies that came to it are gone.
    #[oai(status = 204)]
    Deleted,
}

pub struct IncomingWebhooksApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::IncomingWebhooks")]
impl IncomingWebhooksApi {
    /// List incoming webhooks
    ///
    /// Who may say that something changed, by their numbers. Their tokens are never shown.
    #[oai(
        path = "/incoming-webhooks",
        method = "get",
        operation_id = "list_hooks"
    )]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<IncomingWebhook>>, Failure<QUERY>> {
        let mut hooks = Vec::new();
        for row in store::connection::list(&app.db, Role::Hook.word()).await? {
            hooks.push(view(&app, &row).await?);
        }
        Ok(Json(hooks))
    }

    /// Make an incoming webhook
    ///
    /// One that is given no `token` gets one, which is shown in the answer and never again. Others post to `path`, with the token behind it
    /// or in a header.
    #[oai(
        path = "/incoming-webhooks",
        method = "post",
        operation_id = "create_hook"
    )]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<HookRequest>,
    ) -> Result<HookMade, Failure<{ BODY | CONFLICT }>> {
        let mut body = body.0;
        let made = match body.token {
            Some(_) => None,
            None => Some(secret::new_token()),
        };
        let token = made.clone().or(body.token.take().map(Secret::new));
        let row = connections::create(&app, &wanted(body, token)).await?;
        let mut hook = view(&app, &row).await?;
        hook.token = made.map(|token| token.expose().to_owned());
        Ok(HookMade::Created(Json(hook)))
    }

    /// Get an incoming webhook
    ///
    /// With when something last came.
    #[oai(
        path = "/incoming-webhooks/:id",
        method = "get",
        operation_id = "get_hook"
    )]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<IncomingWebhook>, Failure<ONE>> {
        Ok(Json(view(&app, &find(&app, id.0).await?).await?))
    }

    /// Write an incoming webhook anew
    ///
    /// A `token` that is left out stays.
    #[oai(
        path = "/incoming-webhooks/:id",
        method = "put",
        operation_id = "put_hook"
    )]
    async fn put(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<HookRequest>,
    ) -> Result<Json<IncomingWebhook>, Failure<{ ONE | BODY | CONFLICT }>> {
        let row = find(&app, id.0).await?;
        let mut body = body.0;
        let kept = super::connection::secrets(&app, &row).hook_token;
        let token = body.token.take().map(Secret::new).or(kept);
        let row = connections::change(&app, &row, &wanted(body, token), &[]).await?;
        Ok(Json(view(&app, &row).await?))
    }

    /// Remove an incoming webhook
    ///
    /// Its token is of no use from then on.
    #[oai(
        path = "/incoming-webhooks/:id",
        method = "delete",
        operation_id = "delete_hook"
    )]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Deleted, Failure<{ ONE | CONFLICT }>> {
        connections::remove(&app, &find(&app, id.0).await?).await?;
        Ok(Deleted::Deleted)
    }

    /// List the last bodies that came
    ///
    /// Newest first, without what looks like a secret, each with what came of it.
    #[oai(
        path = "/incoming-webhooks/:id/bodies",
        method = "get",
        operation_id = "list_bodies"
    )]
    async fn bodies(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The number of the hook.
        id: Path<i64>,
    ) -> Result<Json<Vec<HookBody>>, Failure<ONE>> {
        let row = find(&app, id.0).await?;
        let bodies = store::hook::list(&app.db, row.id).await?;
        Ok(Json(bodies.into_iter().map(HookBody::from).collect()))
    }

    /// Read a body again
    ///
    /// By what the hook's settings are now, and does what comes of it. The answer is the body with its new outcome.
    #[oai(
        path = "/incoming-webhooks/:id/bodies/:body/rerun",
        method = "post",
        operation_id = "rerun_body"
    )]
    async fn rerun(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The number of the hook.
        id: Path<i64>,
        /// The number of the body.
        body: Path<i64>,
    ) -> Result<Json<HookBody>, Failure<{ ONE | CONFLICT }>> {
        let row = find(&app, id.0).await?;
        let reread = hearing::rerun(&app, &row, &settings(&row)?, body.0).await;
        Ok(Json(reread?.into()))
    }

    /// Try a body
    ///
    /// What it would mean, with another mapping when one is given. Nothing comes of it, and it is not kept.
    #[oai(
        path = "/incoming-webhooks/:id/try",
        method = "post",
        operation_id = "try_body"
    )]
    async fn try_out(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// The number of the hook.
        id: Path<i64>,
        body: Json<BodyToTry>,
    ) -> Result<Json<HookMeaning>, Failure<{ ONE | BODY }>> {
        let known = settings(&find(&app, id.0).await?)?;
        let (settings, text) = body.0.over(known)?;
        let tried = hearing::try_out(&app, &settings, &text).await?;
        Ok(Json(tried.into()))
    }
}

async fn find(app: &App, id: i64) -> Result<Connection, ApiError> {
    Ok(connections::find(app, Role::Hook, id).await?)
}

impl From<AgainError> for ApiError {
    fn from(error: AgainError) -> Self {
        match error {
            AgainError::Store(error) => error.into(),
            AgainError::Unknown(_) => Self::not_found(error.to_string()),
            AgainError::NotWhole | AgainError::NotKept => Self::conflict(error.to_string()),
        }
    }
}
