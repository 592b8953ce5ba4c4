//! Every error is problem+json (RFC 9457) with a stable type and a sentence that says what to do.

use poem::{
    IntoResponse, Response,
    error::{MethodNotAllowedError, NotFoundError},
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    error::{
        AuthorizationError, ContentTypeError, ParseParamError, ParsePathError,
        ParseRequestPayloadError,
    },
    payload::Payload,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};

use crate::{
    connections::ChangeError,
    pipeline::{CheckError, sending::SendError},
    secret::SecretError,
    shelving::ScanError,
    store::StoreError,
};

/// An error, as RFC 9457 says.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none, example)]
pub struct Problem {
    /// Stable, for programs: `urn:lacunarr:problem:` and a word.
    #[oai(rename = "type")]
    pub kind: String,
    /// What kind of problem it is.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here, and what to do.
    pub detail: String,
    /// Fields with what is wrong with each.
    pub errors: Option<Vec<FieldProblem>>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Object)]
pub struct FieldProblem {
    /// Its name.
    pub field: String,
    /// What is wrong, and what it should be.
    pub problem: String,
}

impl poem_openapi::types::Example for Problem {
    fn example() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            "there is no series with the number 42",
        )
    }
}

impl Problem {
    fn new(status: StatusCode, word: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:lacunarr:problem:{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: None,
        }
    }
}

/// A [`Problem`] as a body of its own media type.
pub struct ProblemJson(pub Problem);

impl Payload for ProblemJson {
    const CONTENT_TYPE: &'static str = "application/problem+json";

    fn schema_ref() -> MetaSchemaRef {
        Problem::schema_ref()
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

impl IntoResponse for ProblemJson {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Response::builder()
            .status(status)
            .content_type(Self::CONTENT_TYPE)
            .body(self.0.to_json_string())
    }
}

impl ApiResponse for ProblemJson {
    fn meta() -> MetaResponses {
        let content = vec![MetaMediaType {
            content_type: Self::CONTENT_TYPE,
            schema: Self::schema_ref(),
        }];
        MetaResponses {
            responses: vec![MetaResponse {
                description: "",
                status: Some(400),
                status_range: None,
                content,
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

/// How an operation can fail.
#[derive(ApiResponse)]
pub enum ApiError {
    /// The request cannot be read, or a value in it is wrong.
    #[oai(status = 400)]
    Invalid(ProblemJson),
    /// The key is missing or wrong.
    #[oai(status = 401)]
    Unauthorised(ProblemJson),
    /// There is no such thing.
    #[oai(status = 404)]
    NotFound(ProblemJson),
    /// It contradicts what is there.
    #[oai(status = 409)]
    Conflict(ProblemJson),
    /// The body is larger than 1 MiB.
    #[oai(status = 413)]
    TooLarge(ProblemJson),
    /// The body is of a type that is not understood here.
    #[oai(status = 415)]
    UnsupportedMediaType(ProblemJson),
    /// A fault of ours; the log says more.
    #[oai(status = 500)]
    Internal(ProblemJson),
    /// Another program did not do its part.
    #[oai(status = 502)]
    Upstream(ProblemJson),
}

impl ApiError {
    /// 400 for one field.
    pub fn field(field: &str, problem: impl Into<String>) -> Self {
        Self::fields(vec![(field.to_owned(), problem.into())])
    }

    /// 400 for several fields.
    pub fn fields(fields: Vec<(String, String)>) -> Self {
        let detail = fields
            .iter()
            .map(|(field, problem)| format!("{field}: {problem}"))
            .collect::<Vec<_>>()
            .join("; ");
        let errors = fields
            .into_iter()
            .map(|(field, problem)| FieldProblem { field, problem })
            .collect();
        let problem = Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            "Invalid request",
            detail,
        );
        Self::Invalid(ProblemJson(Problem {
            errors: Some(errors),
            ..problem
        }))
    }

    /// 404 for a thing with a number.
    pub fn unknown(what: &str, id: i64) -> Self {
        Self::NotFound(ProblemJson(not_found(format!(
            "there is no {what} with the number {id}"
        ))))
    }

    /// 409.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict(ProblemJson(Problem::new(
            StatusCode::CONFLICT,
            "conflict",
            "Conflict",
            detail,
        )))
    }

    /// 502.
    pub fn upstream(detail: impl Into<String>) -> Self {
        Self::Upstream(ProblemJson(Problem::new(
            StatusCode::BAD_GATEWAY,
            "upstream",
            "Another program failed",
            detail,
        )))
    }

    /// 500; the cause goes to the log, not to the caller.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes = format!("{causes}: {cause}");
            source = cause.source();
        }
        tracing::error!(error = causes, "a request failed");
        Self::Internal(ProblemJson(internal()))
    }
}

fn not_found(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
}

fn internal() -> Problem {
    let detail = "the program could not do this; its log says why";
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Internal error",
        detail,
    )
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Mistakes(mistakes) => Self::fields(
                mistakes
                    .into_iter()
                    .map(|(field, problem)| (field.to_owned(), problem))
                    .collect(),
            ),
            ChangeError::Unknown { role, id } => Self::unknown(role, id),
            ChangeError::Store(error) => error.into(),
            error @ (ChangeError::NameTaken { .. }
            | ChangeError::InFile(_)
            | ChangeError::InUse { .. }
            | ChangeError::Secret(_)) => Self::conflict(error.to_string()),
        }
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        Self::conflict(error.to_string())
    }
}

impl From<ScanError> for ApiError {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Store(error) => error.into(),
            ScanError::Port(error) => Self::upstream(error.to_string()),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Store(error) => error.into(),
            SendError::Connection(error) => error.into(),
            SendError::UnknownOffer(id) => Self::unknown("offer", id),
            SendError::NoVolumes(_) => Self::field("volumes", error.to_string()),
            SendError::Failed(detail) => Self::upstream(detail),
            error => Self::conflict(error.to_string()),
        }
    }
}

impl From<CheckError> for ApiError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Store(error) => error.into(),
            error => Self::conflict(error.to_string()),
        }
    }
}

/// Everything that poem itself refuses, in the same words. `allow` are the methods of the path, for a 405.
pub fn from_poem(error: poem::Error, allow: Option<String>) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    let problem = if let Some(error) = error.downcast_ref::<ParseParamError>() {
        invalid(error.name, &error.reason)
    } else if let Some(error) = error.downcast_ref::<ParsePathError>() {
        invalid(error.name, &error.reason)
    } else if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
        let detail = format!("the body cannot be used: {}", error.reason);
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            "Invalid request",
            detail,
        )
    } else if error.is::<AuthorizationError>() {
        let detail = "the API key is missing or wrong; send it as header X-Api-Key, as ?apikey= or as a Bearer token. It stands in the file api_key of the data directory";
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "unauthorised",
            "Unauthorised",
            detail,
        )
    } else if error.is::<ContentTypeError>() {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "Unsupported media type",
            "send the body with Content-Type: application/json",
        )
    } else if error.is::<MethodNotAllowedError>() {
        let detail = format!(
            "this path knows only {}",
            allow.as_deref().unwrap_or("other methods")
        );
        Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "Method not allowed",
            detail,
        )
    } else if error.is::<NotFoundError>() {
        not_found("there is nothing at this path; /docs lists everything that there is")
    } else {
        let status = error.status();
        match status {
            StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(%error, "a request failed");
                internal()
            }
            status => Problem::new(
                status,
                "refused",
                status.canonical_reason().unwrap_or("Refused"),
                error.to_string(),
            ),
        }
    };
    let status = problem.status;
    let mut response = ProblemJson(problem).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            header::HeaderValue::from_static("Bearer"),
        );
    }
    if let Some(allow) = allow
        .and_then(|allow| header::HeaderValue::from_str(&allow).ok())
        .filter(|_| status == StatusCode::METHOD_NOT_ALLOWED)
    {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn invalid(field: &str, reason: &str) -> Problem {
    let detail = format!("{field}: {reason}");
    let errors = Some(vec![FieldProblem {
        field: field.to_owned(),
        problem: reason.to_owned(),
    }]);
    Problem {
        errors,
        ..Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            "Invalid request",
            detail,
        )
    }
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
