//! Every error is problem+json (RFC 9457) with a stable type and a sentence that says what to do.

use poem::{IntoResponse, Response, http::StatusCode};
use poem_openapi::{
    ApiResponse, Object,
    payload::Payload,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
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
    /// The number of what is there already, where that is the problem.
    pub existing: Option<i64>,
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
    /// A problem of a stable word.
    pub fn new(status: StatusCode, word: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:lacunarr:problem:{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: None,
            existing: None,
        }
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
        let problem = Self::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            "Invalid request",
            detail,
        );
        Self {
            errors: Some(errors),
            ..problem
        }
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// 503.
    pub fn unavailable(detail: &str) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "unavailable", "Not available", detail)
    }

    /// 500; its cause stands in the log.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "the program could not do this; its log says why",
        )
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
