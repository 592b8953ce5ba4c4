//! The aMule adapter against the real amuled 2.3.3, with amulecmd as a witness; then what only a made-up program can do.

use std::time::Duration;

use lacunarr::{
    domain::{
        following::Doing,
        link::{Ed2kId, Ed2kLink},
    },
    download::amule::{Amule, AmulePlace},
    ports::{Added, PortError},
    secret::Secret,
};

use crate::stand_in::real_amule::{PASSWORD, RealAmule, md5};

mod categories;
mod faults;
mod restarts;
mod wire;

fn place(port: u16) -> AmulePlace {
    AmulePlace {
        host: "127.0.0.1".into(),
        port,
        password: Secret::new(PASSWORD),
        category: None,
        timeout: Duration::from_secs(20),
    }
}

fn client(real: &RealAmule) -> Amule {
    Amule::new(place(real.port()))
}

/// A link to a file that nobody has; its hash is made of one digit.
fn link(name: &str, digit: u8) -> Ed2kLink {
    Ed2kLink {
        id: Ed2kId {
            md4: [digit * 0x11; 16],
            size: 1_234_567,
        },
        name: name.into(),
        aich: None,
    }
}

#[tokio::test]
async fn a_password_lets_in_or_says_what_to_do() {
    let real = RealAmule::start();
    let report = client(&real).test().await.expect("let in");
    assert_eq!(report.program, "aMule 2.3.3");
    assert_eq!(
        report.warnings,
        ["it is connected neither to a server nor to Kad: nothing comes until it is"]
    );
    for wrong in ["amulepass124", "", "émule"] {
        let wrong = AmulePlace {
            password: Secret::new(wrong),
            ..place(real.port())
        };
        let error = Amule::new(wrong).test().await.expect_err("not let in");
        assert_eq!(
            error.to_string(),
            format!(
                "127.0.0.1:{} refuses the credentials: the password is wrong; in aMule it is under Preferences, Remote Controls, External Connections",
                real.port()
            )
        );
    }
    // Those who were not let in do no harm to those who are.
    assert!(client(&real).test().await.is_ok());
}

#[tokio::test]
async fn settings_that_keep_files_from_coming_are_told() {
    // The password itself in amule.conf, where its MD5 has to be.
    let broken = RealAmule::start_with(PASSWORD, "");
    let error = client(&broken).test().await.expect_err("nobody is let in");
    let hint_has = "is not the MD5 of a password";
    assert!(
        matches!(error, PortError::Unauthorised { hint, .. } if hint.contains(hint_has)),
        "{error}"
    );

    let pausing = RealAmule::start_with(&md5(PASSWORD), "AddNewFilesPaused=1");
    let client = client(&pausing);
    let report = client.test().await.expect("let in");
    let mut warnings = report.warnings.iter();
    assert!(
        warnings.any(|said| said.contains("stays paused")),
        "{:?}",
        report.warnings
    );
    // The first one of an empty list comes all the same.
    for (digit, name, state) in [(1, "First.cbz", "Waiting"), (2, "Second.cbz", "Stopped")] {
        let link = link(name, digit);
        client.add(&link).await.expect("added");
        let found = client.find(&link.id).await.expect("an answer");
        assert_eq!(found.expect("a download").state, state);
    }
    let second = link("Second.cbz", 2).id;
    client.resume(&second).await.expect("resumed");
    let found = client.find(&second).await.expect("an answer");
    assert_eq!(found.expect("a download").state, "Waiting");
}

#[tokio::test]
async fn a_link_is_added_once_whatever_its_name() {
    let real = RealAmule::start();
    let client = client(&real);
    let aich = Some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".to_owned());
    for (digit, name, aich) in [
        (1, "Berserk T41.cbz", None),
        (2, "L'été à Tōkyō – 東京 T01 [100%].cbz", None),
        (3, "a+b & c;d=e #1 (l'intégrale) T02.cbr", aich),
    ] {
        let link = Ed2kLink {
            aich,
            ..link(name, digit)
        };
        assert_eq!(
            client.find(&link.id).await.expect("an answer"),
            None,
            "{name}"
        );
        assert_eq!(
            client.add(&link).await.expect("added"),
            Added::New,
            "{name}"
        );
        assert_eq!(
            client.add(&link).await.expect("there"),
            Added::AlreadyThere,
            "{name}"
        );
        let found = client
            .find(&link.id)
            .await
            .expect("an answer")
            .expect("listed");
        assert_eq!(
            (found.name.as_str(), found.state.as_str(), found.progress),
            (name, "Waiting", 0.0)
        );
        let listed = real.amulecmd("show dl");
        let line = format!("{} {name}", link.id.as_hex().to_uppercase());
        assert_eq!(listed.matches(&line).count(), 1, "{listed}");
    }
    assert_eq!(client.holdings().await.expect("an answer").items.len(), 3);
}

#[tokio::test]
async fn what_it_does_not_take_is_declined() {
    let real = RealAmule::start();
    let client = client(&real);
    let broken = Ed2kLink {
        aich: Some("not a hash".into()),
        ..link("Broken.cbz", 1)
    };
    let error = client.add(&broken).await.expect_err("no link");
    assert!(error.concerns_release() && !error.is_uncertain(), "{error}");
    assert_eq!(client.find(&broken.id).await.expect("an answer"), None);
    // The same hash with another size is not the same file: one of the two was made up.
    let good = link("Good.cbz", 2);
    client.add(&good).await.expect("added");
    let mut other = good.clone();
    other.id.size += 1;
    assert_eq!(client.find(&other.id).await.expect("an answer"), None);
    let error = client.add(&other).await.expect_err("another file");
    assert!(
        matches!(&error, PortError::Declined { message, .. } if message.contains("1234567 bytes, not 1234568")),
        "{error}"
    );
}

#[tokio::test]
async fn what_it_shares_is_there_and_complete_until_it_is_gone() {
    let real = RealAmule::start();
    let client = client(&real);
    let content = "page ".repeat(100);
    let shared = Ed2kLink {
        id: Ed2kId {
            md4: real.share("Partagé T01.cbz", &content),
            size: 500,
        },
        name: "Called otherwise.cbz".into(),
        aich: None,
    };
    client.add(&link("Coming.cbz", 1)).await.expect("added");
    assert_eq!(
        client.add(&shared).await.expect("there"),
        Added::AlreadyThere
    );
    let found = client
        .find(&shared.id)
        .await
        .expect("an answer")
        .expect("shared");
    assert_eq!(
        (found.name.as_str(), found.state.as_str(), found.progress),
        ("Partagé T01.cbz", "Complete", 1.0)
    );

    let holdings = client.holdings().await.expect("an answer");
    assert_eq!((holdings.connected, holdings.free_bytes), (false, None));
    let shown: Vec<_> = holdings
        .items
        .iter()
        .map(|item| {
            (
                item.name.as_str(),
                item.left_bytes,
                item.sight.doing,
                item.sight.done_bytes,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("Coming.cbz", 1_234_567, Doing::Loading, 0),
            ("Partagé T01.cbz", 0, Doing::Complete, 500)
        ]
    );
    assert_eq!(holdings.items[1].hashes, [shared.id.as_hex()]);

    let contents = client
        .contents(&shared.id)
        .await
        .expect("an answer")
        .expect("shared");
    assert_eq!(contents.folder, real.incoming().to_str().expect("UTF-8"));
    let file = real.incoming().join(&contents.files[0].path);
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), content);
    // What is complete is not removed.
    client.remove(&shared.id).await.expect("no fault");
    assert!(file.is_file());
    assert!(client.find(&shared.id).await.expect("an answer").is_some());

    // It still lists what was taken away, and fetches it when it is told to.
    std::fs::remove_file(&file).expect("ours");
    assert!(client.find(&shared.id).await.expect("an answer").is_some());
    assert_eq!(client.add(&shared).await.expect("added"), Added::New);
    let found = client
        .find(&shared.id)
        .await
        .expect("an answer")
        .expect("a download");
    assert_eq!(
        (found.name.as_str(), found.progress),
        ("Called otherwise.cbz", 0.0)
    );
}

#[tokio::test]
async fn a_download_is_paused_resumed_and_removed() {
    let real = RealAmule::start();
    let client = client(&real);
    let link = link("Paused.cbz", 1);
    client.add(&link).await.expect("added");
    let state = async || {
        let found = client.find(&link.id).await.expect("an answer");
        found.map(|found| found.state)
    };
    client.pause(&link.id).await.expect("paused");
    assert_eq!(state().await.as_deref(), Some("Paused"));
    assert!(real.amulecmd("show dl").contains("- Paused -"));
    let holdings = client.holdings().await.expect("an answer");
    assert_eq!(holdings.items[0].sight.doing, Doing::Waiting);
    client.resume(&link.id).await.expect("resumed");
    assert_eq!(state().await.as_deref(), Some("Waiting"));
    client.remove(&link.id).await.expect("removed");
    assert_eq!(state().await, None);
    assert!(!real.amulecmd("show dl").contains("Paused.cbz"));
    // What is not there is no fault.
    client.pause(&link.id).await.expect("no fault");
    client.resume(&link.id).await.expect("no fault");
    client.remove(&link.id).await.expect("no fault");
    assert_eq!(client.contents(&link.id).await.expect("an answer"), None);
    // What was removed can come again.
    assert_eq!(client.add(&link).await.expect("added"), Added::New);
}
