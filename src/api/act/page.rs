//! The page as HTML: no script, nothing from elsewhere, and every text that comes from outside escaped.

use std::{fmt::Write, sync::LazyLock};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use poem::{
    Response,
    http::{StatusCode, header},
};
use quick_xml::escape::escape;
use sha2::{Digest, Sha256};

use super::words::Words;
use crate::{
    arrival::Rejected,
    reviewing::{LinkedAnswer, Preview},
    store::{grab::Grab, review::Review},
};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
dt{font-weight:bold}dd{margin:0 0 .5rem;overflow-wrap:anywhere}button{font:inherit;padding:.5rem 1.5rem}";

/// Nothing may be loaded, framed or run; the style is known by its hash, and the form leads back here.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// What is answered.
pub struct Page {
    words: &'static Words,
    status: StatusCode,
    heading: &'static str,
    /// HTML.
    body: String,
}

impl Page {
    /// What the link would do, with a button.
    pub fn question(
        words: &'static Words,
        answer: LinkedAnswer,
        review: &Review,
        preview: &Preview,
    ) -> Self {
        let (heading, button) = match answer {
            LinkedAnswer::Approve => (words.approve, words.approve_button),
            LinkedAnswer::Reject => (words.reject, words.reject_button),
        };
        let mut body = String::from("<dl>");
        row(&mut body, words.series, [preview.series.as_str()]);
        let names = preview
            .offers
            .iter()
            .map(|offer| offer.offer.title.as_str());
        let best = preview.offers.first();
        match answer {
            LinkedAnswer::Approve => {
                row(
                    &mut body,
                    words.volumes,
                    [preview.volumes.to_string().as_str()],
                );
                row(&mut body, words.release, names.take(1));
                row(
                    &mut body,
                    words.indexer,
                    best.map(|best| best.offer.indexer.as_str()),
                );
            }
            LinkedAnswer::Reject => {
                row(
                    &mut body,
                    words.volumes,
                    [review.volumes.to_string().as_str()],
                );
                row(&mut body, words.releases, names);
            }
        }
        body.push_str("</dl>");
        let reasons = best.into_iter().flat_map(|best| &best.reasons);
        let reasons = reasons.map(|(_, _, sentence)| sentence.as_str());
        let others = reasons.filter(|sentence| *sentence != review.message);
        write!(body, "<h2>{}</h2><ul lang=\"en\">", words.why).expect("a string takes any text");
        for sentence in std::iter::once(review.message.as_str()).chain(others) {
            write!(body, "<li>{}</li>", escape(sentence)).expect("a string takes any text");
        }
        body.push_str("</ul>");
        body.push_str(&match (answer, best) {
            (LinkedAnswer::Approve, None) => paragraph(words.no_candidates),
            (LinkedAnswer::Approve, _) if preview.volumes.is_empty() => paragraph(words.no_volumes),
            (_, best) => form(best.map(|best| best.id), button, words.nothing_yet),
        });
        Self {
            words,
            status: StatusCode::OK,
            heading,
            body,
        }
    }

    /// It was sent.
    pub fn sent(words: &'static Words, grab: &Grab) -> Self {
        let mut body = String::from("<dl>");
        row(&mut body, words.release, [grab.title.as_str()]);
        row(
            &mut body,
            words.volumes,
            [grab.reserves.to_string().as_str()],
        );
        body.push_str("</dl>");
        body.push_str(&paragraph(words.sent_text));
        Self {
            words,
            status: StatusCode::OK,
            heading: words.sent,
            body,
        }
    }

    /// Its candidates are blocked.
    pub fn rejected(words: &'static Words) -> Self {
        Self {
            words,
            status: StatusCode::OK,
            heading: words.rejected,
            body: paragraph(words.rejected_text),
        }
    }

    /// What rejecting a grab would do, with a button.
    pub fn wrong(words: &'static Words, series: &str, grab: &Grab) -> Self {
        let mut body = String::from("<dl>");
        row(&mut body, words.series, [series]);
        row(
            &mut body,
            words.volumes,
            [grab.reserves.to_string().as_str()],
        );
        row(&mut body, words.release, [grab.title.as_str()]);
        row(&mut body, words.indexer, [grab.indexer.as_str()]);
        body.push_str("</dl>");
        body.push_str(&paragraph(words.wrong_text));
        body.push_str(&form(None, words.wrong_button, words.nothing_yet));
        Self {
            words,
            status: StatusCode::OK,
            heading: words.wrong,
            body,
        }
    }

    /// It was rejected.
    pub fn taken_back(words: &'static Words, rejected: &Rejected) -> Self {
        let mut body = String::from("<dl>");
        row(&mut body, words.release, [rejected.grab.title.as_str()]);
        body.push_str("</dl>");
        body.push_str(&paragraph(words.taken_back_text));
        if !rejected.left.is_empty() {
            write!(body, "<h2>{}</h2><ul lang=\"en\">", words.left)
                .expect("a string takes any text");
            for sentence in &rejected.left {
                write!(body, "<li>{}</li>", escape(sentence)).expect("a string takes any text");
            }
            body.push_str("</ul>");
        }
        Self {
            words,
            status: StatusCode::OK,
            heading: words.taken_back,
            body,
        }
    }

    /// It could not be done; the API's own sentence, which is English.
    pub fn failed(words: &'static Words, status: u16, why: &str) -> Self {
        Self {
            words,
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            heading: words.failed,
            body: format!("<p lang=\"en\">{}</p>", escape(why)),
        }
    }

    /// The link leads nowhere.
    pub fn trouble(words: &'static Words, status: StatusCode, sentence: &'static str) -> Self {
        Self {
            words,
            status,
            heading: words.trouble,
            body: paragraph(sentence),
        }
    }

    /// As an answer. That no cache keeps it is said for everything that is served.
    pub fn respond(self) -> Response {
        let Self {
            words,
            status,
            heading,
            body,
        } = self;
        let html = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"robots\" content=\"noindex\"><title>{heading} · Lacunarr</title><style>{STYLE}</style></head>\
             <body><main><h1>{heading}</h1>{body}</main></body></html>",
            words.code
        );
        let response = Response::builder()
            .status(status)
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_LANGUAGE, words.code)
            .header(header::VARY, "Accept-Language")
            .header(header::CONTENT_SECURITY_POLICY, &*POLICY)
            // The link itself is the permission: it must not reach another site.
            .header(header::REFERRER_POLICY, "no-referrer");
        match status {
            StatusCode::METHOD_NOT_ALLOWED => response.header(header::ALLOW, "GET, HEAD, POST"),
            _ => response,
        }
        .body(html)
    }
}

fn row<'a>(body: &mut String, name: &str, texts: impl IntoIterator<Item = &'a str>) {
    write!(body, "<dt>{name}</dt>").expect("a string takes any text");
    for text in texts {
        // A name may be written from right to left.
        write!(body, "<dd><bdi>{}</bdi></dd>", escape(text)).expect("a string takes any text");
    }
}

fn paragraph(sentence: &str) -> String {
    format!("<p>{sentence}</p>")
}

/// Without a target, a form is sent to where its page came from.
fn form(offer: Option<i64>, button: &str, note: &str) -> String {
    let offer = offer.map_or_else(String::new, |offer| {
        format!("<input type=\"hidden\" name=\"offer\" value=\"{offer}\">")
    });
    format!("<form method=\"post\">{offer}<p><button>{button}</button></p><p>{note}</p></form>")
}
