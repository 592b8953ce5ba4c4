//! What a target's answer means: told, not now, never this message, or never again. Whoever answers in a way of its own says so before it
//! comes here.

use std::time::Duration;

use chrono::DateTime;
use reqwest::RequestBuilder;
use url::{Host, Url};

use crate::{
    http::{Answer, Http},
    ports::{Fault, Message, PortError, Told, Untold},
};

/// How much of an answer is read, in bytes: enough for the message that Discord repeats.
const READ: usize = 64 * 1024;

/// Later, whenever that is.
const PASSING: Fault = Fault::Passing { after: None };

/// Makes the one attempt.
pub(super) async fn ask(http: &Http, request: RequestBuilder) -> Result<Answer, Untold> {
    http.send_for_start(request, READ).await.map_err(unanswered)
}

/// The answer of a target that means its status as HTTP does.
pub(super) fn usual(answer: &Answer, message: &Message) -> Result<Told, Untold> {
    if answer.status.is_success() {
        return Ok(told(answer));
    }
    let (fault, why) = match answer.status.as_u16() {
        // Standard Webhooks: whoever answers it wants no more.
        410 => (Fault::Gone, "nobody listens there any more"),
        408 | 425 | 429 | 500..=599 => (passing(answer, message), ""),
        300..=399 => (
            Fault::Refused,
            "it redirects elsewhere, and redirects are not followed; enter the address that it leads to, and look at http or https",
        ),
        401 | 403 => (
            Fault::Refused,
            "it does not let us in; is there a password or token that is missing or wrong?",
        ),
        404 => (Fault::Refused, "nothing is there; is the address right?"),
        405 => (
            Fault::Refused,
            "it does not take this kind of request; is the address right?",
        ),
        413 => (Fault::Refused, "the message is too large for it"),
        415 => (Fault::Refused, "it does not take JSON"),
        _ => (Fault::Refused, ""),
    };
    Err(untold(answer, fault, why))
}

/// It was taken.
pub(super) fn told(answer: &Answer) -> Told {
    Told {
        status: Some(answer.status.as_u16()),
        answer: answer.excerpt(),
        handle: None,
        pause: None,
    }
}

/// It was not taken. `why` is what we know of it; without, what the target says is the reason.
pub(super) fn untold(answer: &Answer, fault: Fault, why: &str) -> Untold {
    let status = answer.status.as_u16();
    let said = match why {
        "" => answer.detail(),
        why => why.to_owned(),
    };
    let said = match said.as_str() {
        "" => String::new(),
        said => format!(": {said}"),
    };
    Untold {
        fault,
        message: format!("{} answered HTTP {status}{said}", answer.origin),
        status: Some(status),
        answer: answer.excerpt(),
    }
}

/// Later, not before what `Retry-After` says.
pub(super) fn passing(answer: &Answer, message: &Message) -> Fault {
    let now = DateTime::from_timestamp_millis(message.now).unwrap_or_default();
    Fault::Passing {
        after: answer.retry_after_at(now),
    }
}

/// Later, not before so many seconds have passed, however a target writes them; at most a day.
pub(super) fn seconds(seconds: f64) -> Option<Duration> {
    const LONGEST: f64 = 24.0 * 3600.0;
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(LONGEST)))
}

/// No answer, or none that ends: whether it was told is not known, so it is told again.
fn unanswered(error: PortError) -> Untold {
    let fault = match &error {
        // A name may lead elsewhere a moment later.
        PortError::Forbidden { origin, .. } if !spells_address(origin) => PASSING,
        PortError::Forbidden { .. } | PortError::BadAnswer { .. } => Fault::Refused,
        _ => PASSING,
    };
    Untold {
        fault,
        message: error.to_string(),
        status: None,
        answer: String::new(),
    }
}

fn spells_address(origin: &str) -> bool {
    let url = Url::parse(origin).ok();
    matches!(
        url.as_ref().and_then(Url::host),
        Some(Host::Ipv4(_) | Host::Ipv6(_))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::guard::{Danger, Forbidden};

    #[test]
    fn a_name_that_leads_to_a_forbidden_address_may_be_right_later_and_an_address_may_not() {
        for (origin, expected) in [
            ("http://nas:8123", PASSING),
            ("http://169.254.169.254", Fault::Refused),
            ("http://[fe80::1]:8123", Fault::Refused),
        ] {
            let error = PortError::Forbidden {
                origin: origin.into(),
                why: Forbidden {
                    address: std::net::Ipv4Addr::new(169, 254, 169, 254).into(),
                    danger: Danger::Metadata,
                },
            };
            assert_eq!(unanswered(error).fault, expected, "{origin}");
        }
    }
}
