//! What stands before every operation: the key, the parameters that it knows, the size of bodies, and errors in one form.

use std::sync::Arc;

use futures_util::StreamExt;
use poem::{
    Body, Endpoint, IntoResponse, Middleware, Request, Response,
    http::Method,
    web::headers::{self, HeaderMapExt},
};
use poem_openapi::{
    SecurityScheme,
    auth::{ApiKey, Bearer},
    registry::{MetaApi, MetaOperation, MetaOperationParam, MetaParamIn},
};

use super::{csv::Csv, error::ApiError, refused};
use crate::app::App;

/// Bytes of a request body at most.
const BODY_LIMIT: usize = 1024 * 1024;
/// Bytes of a table at most.
const TABLE_LIMIT: usize = 5 * BODY_LIMIT;
/// Bytes that are read of a body that is too large.
const THROWN_AWAY: usize = 16 * BODY_LIMIT;
/// Where the key stands in a query.
const KEY_IN_QUERY: &str = "apikey";
/// Unknown parameters that are told at once.
const MOST_TOLD: usize = 20;
/// Letters of one that are repeated.
const LONGEST_NAME: usize = 60;

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

/// Whether a request carries the key, in any of its three places.
pub fn has_key(request: &Request) -> bool {
    let in_header = request.header("X-Api-Key");
    let bearer = request
        .headers()
        .typed_get::<headers::Authorization<headers::authorization::Bearer>>();
    let query = request.uri().query().unwrap_or_default();
    let in_query = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == KEY_IN_QUERY)
        .map(|(_, key)| key);
    [
        in_header,
        bearer.as_ref().map(|bearer| bearer.token()),
        in_query.as_deref(),
    ]
    .into_iter()
    .flatten()
    .any(|given| is_key(request, given).is_some())
}

/// What is known of the paths: their methods, for `Allow`, and their parameters, for what is said about a wrong one.
#[derive(Clone)]
pub struct Paths(Arc<Vec<KnownPath>>);

struct KnownPath {
    segments: Vec<String>,
    operations: Vec<MetaOperation>,
}

impl Paths {
    /// From the description of the operations, served under `base`.
    pub fn new(base: &str, apis: Vec<MetaApi>) -> Self {
        let paths = apis.into_iter().flat_map(|api| api.paths);
        let known = paths.map(|path| KnownPath {
            segments: segments(&format!("{base}{}", path.path)),
            operations: path.operations,
        });
        Self(Arc::new(known.collect()))
    }

    fn place<'a>(&'a self, method: &Method, path: &str, query: &'a str) -> Place<'a> {
        let asked = segments(path);
        let fits = |known: &&KnownPath| {
            known.segments.len() == asked.len()
                && std::iter::zip(&known.segments, &asked)
                    .all(|(known, asked)| known == asked || known.starts_with('{'))
        };
        // `/reviews/answer` is its own path before it is `/reviews/{id}`, as for the router.
        let parameters = |known: &&KnownPath| {
            known
                .segments
                .iter()
                .filter(|part| part.starts_with('{'))
                .count()
        };
        let path = self.0.iter().filter(fits).min_by_key(parameters);
        let operations = path.map_or(&[][..], |path| &path.operations);
        Place {
            operations,
            operation: operations.iter().find(|known| known.method == *method),
            query,
        }
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

/// The path and the operation that a request was for, as far as they exist.
pub struct Place<'a> {
    operations: &'a [MetaOperation],
    operation: Option<&'a MetaOperation>,
    query: &'a str,
}

impl<'a> Place<'a> {
    /// Whether a query parameter was given at all.
    pub fn was_given(&self, name: &str) -> bool {
        let mut given = self.query.split('&');
        given.any(|pair| pair.split('=').next() == Some(name))
    }

    /// The parameters that were given and that the operation does not know, each with those that it knows. What is open to everyone takes
    /// any.
    fn strangers(&self) -> Vec<(String, String)> {
        let Some(operation) = self.operation.filter(|known| !known.security.is_empty()) else {
            return Vec::new();
        };
        let known = operation.params.iter();
        let known = known.filter(|known| known.in_type == MetaParamIn::Query);
        let known: Vec<&str> = known.map(|known| known.name.as_str()).collect();
        let problem = match &*known {
            [] => "unknown query parameter; none can be given here".to_owned(),
            known => format!("unknown query parameter; known here: {}", known.join(", ")),
        };
        let mut strangers: Vec<(String, String)> = Vec::new();
        for (name, _) in url::form_urlencoded::parse(self.query.as_bytes()) {
            if name == KEY_IN_QUERY || known.contains(&&*name) || strangers.len() >= MOST_TOLD {
                continue;
            }
            let letters = name.chars().filter(|letter| !letter.is_control());
            let name: String = letters.take(LONGEST_NAME).collect();
            if !strangers.iter().any(|(told, _)| *told == name) {
                strangers.push((name, problem.clone()));
            }
        }
        strangers
    }

    /// The types of body that it takes.
    pub fn content_types(&self) -> Vec<&'static str> {
        let request = self.operation.and_then(|known| known.request.as_ref());
        let content = request.map_or(&[][..], |request| &request.content);
        content.iter().map(|media| media.content_type).collect()
    }

    /// Bytes of a body at most.
    fn body_limit(&self) -> usize {
        match self.content_types().contains(&Csv::CONTENT_TYPE) {
            true => TABLE_LIMIT,
            false => BODY_LIMIT,
        }
    }

    /// For the header of that name.
    pub fn allow(&self) -> String {
        if self.operations.is_empty() {
            // The pages around the API are only read.
            return "GET, HEAD".into();
        }
        let methods = self.operations.iter().map(|known| match known.method {
            Method::GET => "GET, HEAD",
            ref method => method.as_str(),
        });
        methods.collect::<Vec<_>>().join(", ")
    }

    /// A parameter by its name.
    pub fn parameter(&self, name: &str) -> Option<&'a MetaOperationParam> {
        let parameters = self.operation.map_or(&[][..], |known| &known.params);
        parameters.iter().find(|known| known.name == name)
    }

    /// A parameter of the path; poem calls them `param0`, `param1`, …
    pub fn path_parameter(&self, name: &str) -> Option<&'a MetaOperationParam> {
        let place: usize = name.strip_prefix("param")?.parse().ok()?;
        let parameters = self.operation.map_or(&[][..], |known| &known.params);
        let mut in_path = parameters
            .iter()
            .filter(|known| known.in_type == MetaParamIn::Path);
        in_path.nth(place)
    }
}

/// Bounds bodies, refuses parameters that an operation does not know, and turns every error into problem+json.
#[derive(Clone)]
pub struct Guard(pub Paths);

impl<E: Endpoint> Middleware<E> for Guard {
    type Output = Guarded<E>;

    fn transform(&self, endpoint: E) -> Guarded<E> {
        Guarded {
            endpoint,
            paths: self.0.clone(),
        }
    }
}

/// An endpoint behind the [`Guard`].
pub struct Guarded<E> {
    endpoint: E,
    paths: Paths,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let path = request.uri().path().to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let method = match request.method() {
            &Method::HEAD => Method::GET,
            method => method.clone(),
        };
        let place = self.paths.place(&method, &path, &query);
        match read(request.take_body(), place.body_limit()).await {
            Ok(bytes) => request.set_body(Body::from_vec(bytes)),
            Err(refusal) => return Ok(refusal),
        }
        // Who has no key is told that, and nothing else.
        let strangers = place.strangers();
        if !strangers.is_empty() && has_key(&request) {
            return Ok(ApiError::fields(strangers).into_response());
        }
        match self.endpoint.call(request).await {
            Ok(output) => Ok(output.into_response()),
            Err(error) => Ok(refused::from_poem(error, &place)),
        }
    }
}

/// Reads a body up to the limit. What is over it is read on and thrown away for a while: a client that is still sending
/// would not see the answer.
async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Response> {
    let (mut bytes, mut read) = (Vec::new(), 0);
    let mut parts = body.into_bytes_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| refused::broken_body())?;
        read += part.len();
        if read <= limit {
            bytes.extend_from_slice(&part);
        } else if read > THROWN_AWAY {
            break;
        }
    }
    if read > limit {
        return Err(refused::too_large(limit));
    }
    Ok(bytes)
}
