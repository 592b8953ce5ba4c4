//! The adapters of catalogues against their stand-ins: what they ask, what they read, and what they say when something is wrong.

use std::time::Duration;

use lacunarr::{
    catalogue::Place,
    domain::catalogue::{Entry, Sought},
    http::AGENT,
    ports::{Catalogue, PortError},
};

use crate::stand_in::catalogue::api::{Api, Asked, Fault};

mod anilist;
mod bnf;
mod lists;
mod mangaupdates;
mod myanimelist;
mod scraped;

fn sought(title: &str) -> Sought {
    Sought {
        title: title.into(),
        language: "fr".into(),
        ..Sought::default()
    }
}

fn titles(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.title.as_str()).collect()
}

/// What each says: how many volumes, and whether more come.
fn says(entries: &[Entry]) -> Vec<String> {
    let one = |entry: &Entry| match entry.statements.first() {
        Some(says) => {
            let count = says.count.map_or("?".into(), |count| count.to_string());
            format!(
                "{count} {}",
                says.status.map_or("?", |status| status.word())
            )
        }
        None => "nothing".into(),
    };
    entries.iter().map(one).collect()
}

/// The only request since the last time; it says who we are, and goes nowhere else.
fn only(stand_in: &Api) -> Asked {
    let mut asked = stand_in.asked();
    assert_eq!(asked.len(), 1, "one request: {asked:?}");
    let asked = asked.remove(0);
    assert_eq!(asked.header("user-agent"), Some(AGENT));
    assert_eq!(asked.header("cookie"), None);
    assert_eq!(asked.header("referer"), None);
    asked
}

/// Everything that any of them can meet. `changed` is an answer of another layout.
async fn faults<C: Catalogue>(
    stand_in: &Api,
    place: Place,
    changed: &str,
    new: impl Fn(Place) -> C,
) {
    let catalogue = new(place.clone());
    let hurried = new(Place {
        timeout: Duration::from_secs(1),
        ..place
    });
    let name = stand_in.url().to_string();
    let name = name.trim_end_matches('/').replace("http://", "");
    let ask = async |fault: Fault| {
        let asked: &C = if matches!(fault, Fault::Slow(_)) {
            &hurried
        } else {
            &catalogue
        };
        stand_in.fail(fault.clone());
        stand_in.asked();
        let error = asked
            .search(&sought("One Piece"))
            .await
            .expect_err("a fault");
        assert!(stand_in.asked().len() <= 1, "{fault:?} is not asked again");
        let sentence = error.to_string();
        let shown = sentence.replace(&format!("http://{name}"), "");
        assert!(
            !shown.contains('/') && !shown.contains("ne Piece"),
            "{fault:?}: {sentence}"
        );
        error
    };

    let banned = ask(Fault::Challenge).await;
    assert!(matches!(banned, PortError::Banned { .. }), "{banned:?}");
    for (wait, seconds) in [
        (None, None),
        (Some("120"), Some(120)),
        (Some("Wed, 21 Oct 2015 07:28:00 GMT"), Some(0)),
        (Some("Wed, 21 Oct 2099 07:28:00 GMT"), Some(24 * 3600)),
        (Some("soon"), None),
    ] {
        let limited = ask(Fault::RateLimited(wait)).await;
        assert!(
            matches!(limited, PortError::RateLimited { .. }),
            "{limited:?}"
        );
        assert_eq!(
            limited.retry_after().map(|wait| wait.as_secs()),
            seconds,
            "{wait:?}"
        );
    }
    let failed = ask(Fault::Status(503, "{}")).await;
    assert!(
        matches!(failed, PortError::Status { status: 503, .. }),
        "{failed:?}"
    );
    for garbage in [
        "",
        "{\"data\":",
        "<html><body>Maintenance</body></html>",
        "\u{fffd}\0",
        "[[[[",
        "null",
        "7",
    ] {
        let garbage = ask(Fault::Says(garbage.into())).await;
        assert!(
            matches!(garbage, PortError::BadAnswer { .. }),
            "{garbage:?}"
        );
    }
    let changed = ask(Fault::Says(changed.into())).await;
    assert!(
        changed.to_string().ends_with("its layout has changed"),
        "{changed}"
    );
    let huge = ask(Fault::Huge(9 * 1024 * 1024)).await;
    assert!(matches!(huge, PortError::TooLarge { .. }), "{huge:?}");
    let late = ask(Fault::Slow(Duration::from_secs(2))).await;
    assert!(matches!(late, PortError::Timeout { .. }), "{late:?}");
    let down = ask(Fault::Down).await;
    assert!(matches!(down, PortError::Unreachable { .. }), "{down:?}");

    stand_in.fail(None);
    let up = catalogue
        .search(&sought("One Piece"))
        .await
        .expect("it is up again");
    assert!(!up.is_empty());
    catalogue.test().await.expect("it can be asked");
}
