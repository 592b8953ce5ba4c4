//! What is refused before an operation is reached, in the same words as everything else.

use poem::{
    IntoResponse, Response,
    error::{MethodNotAllowedError, NotFoundError},
    http::{StatusCode, header},
};
use poem_openapi::{
    error::{AuthorizationError, ContentTypeError, ParseParamError, ParsePathError},
    registry::MetaOperationParam,
};

use super::{
    error::ApiError,
    explain,
    guard::Place,
    problem::{Problem, ProblemJson},
};

/// What is said to those without a key.
pub const NO_KEY: &str = "the API key is missing or wrong; send it as header X-Api-Key, as ?apikey= or as a Bearer token. It stands in the file api_key of the data directory, or in the configuration";

/// Everything that poem itself refuses, in the same words.
pub fn from_poem(error: poem::Error, place: &Place) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        let known = place.parameter(error.name);
        if let Some(known) = known.filter(|_| !place.was_given(error.name)) {
            let problem = format!("it is missing; {}", explain::expected(&known.schema));
            return ApiError::field(&known.name, problem).into_response();
        }
        return parameter(known, error.name, &error.reason);
    }
    if let Some(error) = error.downcast_ref::<ParsePathError>() {
        return parameter(place.path_parameter(error.name), error.name, &error.reason);
    }
    if error.is::<AuthorizationError>() {
        return unauthorised();
    }
    if error.is::<MethodNotAllowedError>() {
        return method_not_allowed(&place.allow());
    }
    let problem = if error.is::<ContentTypeError>() {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "Unsupported media type",
            format!(
                "send the body with Content-Type: {}",
                place.content_types().join(" or ")
            ),
        )
    } else if error.is::<NotFoundError>() {
        Problem::not_found("there is nothing at this path; /docs lists everything that there is")
    } else {
        match error.status() {
            StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(%error, "a request failed");
                Problem::internal()
            }
            status => {
                let title = status.canonical_reason().unwrap_or("Refused");
                Problem::new(status, "refused", title, error.to_string())
            }
        }
    };
    ProblemJson(problem).into_response()
}

fn parameter(known: Option<&MetaOperationParam>, name: &str, reason: &str) -> Response {
    let error = match known {
        Some(known) => ApiError::field(&known.name, explain::expected(&known.schema)),
        None => ApiError::field(name, reason),
    };
    error.into_response()
}

fn unauthorised() -> Response {
    let problem = Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthorised",
        "Unauthorised",
        NO_KEY,
    );
    ProblemJson(problem)
        .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"Lacunarr\"")
        .into_response()
}

/// 405, for a path that knows other ones.
pub fn method_not_allowed(allow: &str) -> Response {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Method not allowed",
        format!("this path knows only {allow}"),
    );
    ProblemJson(problem)
        .with_header(header::ALLOW, allow)
        .into_response()
}

/// 500, for what should never happen; the panic itself is printed where it happens.
pub fn panicked() -> Response {
    ProblemJson(Problem::internal()).into_response()
}

/// 413, for bodies over the limit.
pub fn too_large(limit: usize) -> Response {
    let detail = format!(
        "the body is larger than {} KiB; send less at once",
        limit / 1024
    );
    ProblemJson(Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        "Body too large",
        detail,
    ))
    .into_response()
}

/// 400, for bodies that broke off.
pub fn broken_body() -> Response {
    ProblemJson(Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid",
        "Invalid request",
        "the body broke off; send it again",
    ))
    .into_response()
}
