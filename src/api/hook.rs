//! Where other programs post: `/api/v1/hooks/NAME`. Not part of the document, and without the API key: a hook has a token of its own, which
//! may stand in the path, in the query, in a header, or be the password of any user.

use std::sync::Arc;

use poem::{
    Endpoint, FromRequest, IntoResponse, Request, Response,
    endpoint::make,
    http::{Method, StatusCode, header},
    web::{
        Path,
        headers::{
            Authorization, HeaderMapExt,
            authorization::{Basic, Bearer},
        },
    },
};

use super::{
    error::ApiError,
    problem::{Problem, ProblemJson},
    refused,
};
use crate::{
    app::App,
    hearing::{self, HearError},
};

/// Where it is: with the token elsewhere, or in the path. Some senders end every address with a slash.
pub const PLACES: [&str; 4] = [
    "/api/v1/hooks/:name",
    "/api/v1/hooks/:name/",
    "/api/v1/hooks/:name/:token",
    "/api/v1/hooks/:name/:token/",
];

/// Takes what is posted.
pub fn endpoint() -> impl Endpoint<Output = Response> {
    make(|request| async move { respond(request).await })
}

async fn respond(mut request: Request) -> poem::Result<Response> {
    if ![Method::POST, Method::PUT].contains(request.method()) {
        return Ok(refused::method_not_allowed("POST, PUT"));
    }
    let app = request
        .data::<Arc<App>>()
        .expect("every route is served with it")
        .clone();
    let bytes = request.take_body().into_vec().await?;
    let (name, given) = credentials(&request).await;
    let caller = match hearing::caller(&app, &name, &given).await {
        Ok(Some(caller)) => caller,
        Ok(None) => return Ok(unauthorised()),
        Err(error) => return Ok(ApiError::from(error).into_response()),
    };
    let content_type = request.content_type().unwrap_or_default();
    Ok(
        match hearing::hear(&app, &caller, content_type, &bytes).await {
            Ok(true) => StatusCode::ACCEPTED.into_response(),
            Ok(false) => StatusCode::NO_CONTENT.into_response(),
            Err(HearError::Store(error)) => ApiError::from(error).into_response(),
            Err(busy) => ProblemJson(Problem::unavailable(&busy.to_string())).into_response(),
        },
    )
}

/// The name of the hook, and everything that may be its token.
async fn credentials(request: &Request) -> (String, Vec<String>) {
    let mut body = poem::RequestBody::default();
    let with_token = Path::<(String, String)>::from_request(request, &mut body).await;
    let (name, in_path) = match with_token {
        Ok(Path((name, token))) => (name, Some(token)),
        Err(_) => match Path::<String>::from_request(request, &mut body).await {
            Ok(Path(name)) => (name, None),
            Err(_) => (String::new(), None),
        },
    };
    let headers = request.headers();
    let in_header = request.header("X-Api-Key").map(str::to_owned);
    let bearer = headers.typed_get::<Authorization<Bearer>>();
    let bearer = bearer.map(|bearer| bearer.token().to_owned());
    let basic = headers.typed_get::<Authorization<Basic>>();
    let basic = basic.map(|basic| basic.password().to_owned());
    let query = request.uri().query().unwrap_or_default();
    let in_query = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "token" || name == "apikey")
        .map(|(_, token)| token.into_owned());
    let given = [in_path, in_header, bearer, basic].into_iter().flatten();
    (name, given.chain(in_query).collect())
}

/// The same for a name that is not there and for a wrong token.
fn unauthorised() -> Response {
    let problem = Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthorised",
        "Unauthorised",
        "there is no such hook, or this is not its token; make one with POST /api/v1/incoming-webhooks, and send its token in the path, as \
         header X-Api-Key, as ?token=, as a Bearer token or as the password of any user",
    );
    ProblemJson(problem)
        .with_header(header::WWW_AUTHENTICATE, "Basic realm=\"Lacunarr\"")
        .into_response()
}
