//! The page behind a signed link of a message: it shows what an answer to a review, or the rejection of a grab, would do, and its button
//! does it. Not part of the
//! document, and without a key: the link is the permission. A GET changes nothing, because whoever shows a message opens its links.

mod page;
mod words;

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    endpoint::make,
    http::{Method, StatusCode, header},
};

use super::error::ApiError;
use crate::{
    app::App,
    arrival,
    reviewing::{self, Answer, Done, LinkError, LinkedAnswer},
    store::{self, StoreError},
};
use page::Page;
use words::Words;

/// Where it is; one segment, the token.
pub const PLACE: &str = "/act/:token";

/// The page.
pub fn endpoint() -> impl Endpoint<Output = Response> {
    make(|request| async move { respond(request).await })
}

async fn respond(mut request: Request) -> poem::Result<Response> {
    let app = request
        .data::<Arc<App>>()
        .expect("every route is served with it")
        .clone();
    let words = Words::of(request.header(header::ACCEPT_LANGUAGE).unwrap_or_default());
    let token = request
        .raw_path_param("token")
        .unwrap_or_default()
        .to_owned();
    let form = request.take_body().into_vec().await?;
    let method = request.method().clone();
    let page = match method {
        Method::GET | Method::HEAD => show(&app, words, &token).await,
        Method::POST => act(&app, words, &token, &form).await,
        _ => Ok(Page::trouble(
            words,
            StatusCode::METHOD_NOT_ALLOWED,
            words.other_method,
        )),
    };
    let page = page.unwrap_or_else(|error| {
        let problem = ApiError::from(error).into_problem();
        Page::failed(words, problem.status, &problem.detail)
    });
    let mut response = page.respond();
    if method == Method::HEAD {
        response.set_body(());
    }
    Ok(response)
}

async fn show(app: &App, words: &'static Words, token: &str) -> Result<Page, StoreError> {
    let (review, answer) = match reviewing::read_link(app, token).await {
        Ok(read) => read,
        Err(LinkError::NotOurs) => return show_grab(app, words, token).await,
        Err(error) => return leads_nowhere(words, error),
    };
    let preview = reviewing::preview(app, &review).await?;
    Ok(Page::question(words, answer, &review, &preview))
}

async fn act(
    app: &Arc<App>,
    words: &'static Words,
    token: &str,
    form: &[u8],
) -> Result<Page, StoreError> {
    let (review, answer) = match reviewing::read_link(app, token).await {
        Ok(read) => read,
        Err(LinkError::NotOurs) => return reject_grab(app, words, token).await,
        Err(error) => return leads_nowhere(words, error),
    };
    let Ok(offer) = shown_offer(form) else {
        return Ok(Page::trouble(
            words,
            StatusCode::BAD_REQUEST,
            words.broken_form,
        ));
    };
    let answer = match answer {
        LinkedAnswer::Approve => Answer::Approve { always: None },
        LinkedAnswer::Reject => Answer::Reject { never: None },
    };
    Ok(
        match reviewing::answer(app, review.id, answer, offer).await {
            Ok(Done::Sent(grab)) => Page::sent(words, &grab),
            Ok(Done::Blocked(_)) => Page::rejected(words),
            Err(error) => {
                let problem = ApiError::from(error).into_problem();
                Page::failed(words, problem.status, &problem.detail)
            }
        },
    )
}

async fn show_grab(app: &App, words: &'static Words, token: &str) -> Result<Page, StoreError> {
    let grab = match arrival::read_link(app, token).await {
        Ok(grab) => grab,
        Err(LinkError::Over(_)) => return Ok(no_more(words)),
        Err(error) => return leads_nowhere(words, error),
    };
    let series = store::series::get(&app.db, grab.series_id).await?;
    let title = series.map(|stored| stored.series.title).unwrap_or_default();
    Ok(Page::wrong(words, &title, &grab))
}

async fn reject_grab(
    app: &Arc<App>,
    words: &'static Words,
    token: &str,
) -> Result<Page, StoreError> {
    let grab = match arrival::read_link(app, token).await {
        Ok(grab) => grab,
        Err(LinkError::Over(_)) => return Ok(no_more(words)),
        Err(error) => return leads_nowhere(words, error),
    };
    Ok(match arrival::reject(app, grab.id).await {
        Ok(rejected) => Page::taken_back(words, &rejected),
        Err(error) => {
            let problem = ApiError::from(error).into_problem();
            Page::failed(words, problem.status, &problem.detail)
        }
    })
}

fn no_more(words: &'static Words) -> Page {
    Page::trouble(words, StatusCode::GONE, words.over_wrong)
}

/// The offer that the page showed: what was read is what is sent, whatever a check found since. None for the best one.
fn shown_offer(form: &[u8]) -> Result<Option<i64>, std::num::ParseIntError> {
    let mut fields = url::form_urlencoded::parse(form);
    let offer = fields.find(|(name, _)| name == "offer");
    offer.map(|(_, number)| number.parse()).transpose()
}

fn leads_nowhere(words: &'static Words, error: LinkError) -> Result<Page, StoreError> {
    let (status, sentence) = match error {
        LinkError::Store(error) => return Err(error),
        LinkError::Secret(error) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            return Ok(Page::failed(words, status.as_u16(), &error.to_string()));
        }
        LinkError::NotOurs => (StatusCode::NOT_FOUND, words.not_ours),
        LinkError::Expired => (StatusCode::GONE, words.expired),
        LinkError::Over(state) => {
            let sentence = match state.as_str() {
                "approved" => words.over_approved,
                "rejected" => words.over_rejected,
                _ => words.over_closed,
            };
            (StatusCode::GONE, sentence)
        }
    };
    Ok(Page::trouble(words, status, sentence))
}
