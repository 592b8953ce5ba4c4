//! What stands before every operation: the key, the size of bodies, and errors in one form.

use std::sync::Arc;

use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, error::ReadBodyError};
use poem_openapi::{
    SecurityScheme,
    auth::{ApiKey, Bearer},
};

use super::problem;
use crate::app::App;

/// Bytes of a request body at most.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The API key, in any of its three places.
#[derive(SecurityScheme)]
pub enum Key {
    /// As a header.
    Header(HeaderKey),
    /// As a query parameter, for programs that know no headers.
    Query(QueryKey),
    /// As a bearer token.
    Bearer(BearerKey),
}

/// The key of the file `api_key` in the data directory, or of the configuration.
#[derive(SecurityScheme)]
#[oai(
    ty = "api_key",
    key_name = "X-Api-Key",
    key_in = "header",
    checker = "check_key"
)]
pub struct HeaderKey(());

/// The same key, as a query parameter.
#[derive(SecurityScheme)]
#[oai(
    ty = "api_key",
    key_name = "apikey",
    key_in = "query",
    checker = "check_key"
)]
pub struct QueryKey(());

/// The same key, as a bearer token.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", checker = "check_bearer")]
pub struct BearerKey(());

async fn check_key(request: &Request, given: ApiKey) -> Option<()> {
    is_key(request, &given.key)
}

async fn check_bearer(request: &Request, given: Bearer) -> Option<()> {
    is_key(request, &given.token)
}

fn is_key(request: &Request, given: &str) -> Option<()> {
    request.data::<Arc<App>>()?.api_key.is(given).then_some(())
}

/// The methods of each path, for `Allow`.
#[derive(Clone, Debug, Default)]
pub struct Methods(Arc<Vec<(Vec<String>, String)>>);

impl Methods {
    /// From the document that describes them.
    pub fn of_spec(spec: &serde_json::Value) -> Self {
        let paths = spec["paths"].as_object().into_iter().flatten();
        let methods = paths.map(|(path, operations)| {
            let names = operations
                .as_object()
                .into_iter()
                .flatten()
                .map(|(method, _)| method.to_uppercase());
            (
                path.split('/').map(str::to_owned).collect(),
                names.collect::<Vec<_>>().join(", "),
            )
        });
        Self(Arc::new(methods.collect()))
    }

    fn of_path(&self, path: &str) -> Option<String> {
        let segments: Vec<&str> = path.split('/').collect();
        let matches = |pattern: &Vec<String>| {
            pattern.len() == segments.len()
                && pattern
                    .iter()
                    .zip(&segments)
                    .all(|(pattern, segment)| pattern == segment || pattern.starts_with('{'))
        };
        let found = self
            .0
            .iter()
            .find(|(pattern, _)| matches(pattern))
            .map(|(_, methods)| methods.clone());
        // The pages around the API are only read.
        Some(found.unwrap_or_else(|| "GET".into()))
    }
}

/// Bounds bodies and turns every error into problem+json.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// For a 405.
    pub methods: Methods,
}

impl<E: Endpoint> Middleware<E> for Guard {
    type Output = Guarded<E>;

    fn transform(&self, endpoint: E) -> Guarded<E> {
        Guarded {
            endpoint,
            methods: self.methods.clone(),
        }
    }
}

/// An endpoint behind the [`Guard`].
pub struct Guarded<E> {
    endpoint: E,
    methods: Methods,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let path = request.uri().path().to_owned();
        match request.take_body().into_bytes_limit(BODY_LIMIT).await {
            Ok(bytes) => request.set_body(Body::from_bytes(bytes)),
            Err(ReadBodyError::PayloadTooLarge) => return Ok(problem::too_large(BODY_LIMIT)),
            Err(_) => return Ok(problem::broken_body()),
        }
        match self.endpoint.call(request).await {
            Ok(output) => Ok(output.into_response()),
            Err(error) => Ok(problem::from_poem(error, self.methods.of_path(&path))),
        }
    }
}
