//! Being let in: keys, tokens, passwords, and a test of the connection.

use futures_util::future::join_all;
use lacunarr::{
    domain::release::Kind,
    library::kavita::Kavita as Adapter,
    ports::{Library, PortError, ServerPlace},
    secret::Secret,
};

use super::{BOTH, adapter, place, scan, titles};
use crate::stand_in::kavita::{Book, Era, KEY, Kavita, NOON, PASSWORD, USER};

const DAY: i64 = 24 * 3_600_000;

fn stocked(era: Era) -> Kavita {
    let kavita = Kavita::start(era);
    kavita.change(|world| {
        let manga = world.library("Manga", "/manga");
        world.add(manga, "Naruto", [Book::volume("Naruto T01.cbz", 1.0)]);
        world.library("BD", "/bd");
    });
    kavita
}

fn lines(kavita: &Kavita) -> Vec<String> {
    kavita
        .asked()
        .iter()
        .map(crate::stand_in::kavita::Asked::line)
        .collect()
}

#[tokio::test]
async fn the_key_alone_lets_in_where_kavita_knows_auth_keys_and_is_exchanged_elsewhere() {
    for (era, tokens) in [(Era::AuthKeys, 0), (Era::Tokens, 1)] {
        let kavita = stocked(era);
        assert_eq!(titles(&scan(&adapter(&kavita)).await.series), ["Naruto"]);
        let exchanged = lines(&kavita)
            .into_iter()
            .filter(|line| line == "POST Plugin/authenticate");
        assert_eq!(exchanged.count(), tokens, "{era:?}");
    }
}

#[tokio::test]
async fn a_token_that_expired_is_renewed_once_for_all_callers() {
    let kavita = stocked(Era::Tokens);
    let adapter = adapter(&kavita);
    scan(&adapter).await;
    kavita.expire_tokens();
    kavita.asked();
    let tests = join_all((0..8).map(|_| adapter.changed(0))).await;
    assert!(tests.iter().all(Result::is_ok), "{tests:?}");
    let renewed = lines(&kavita)
        .into_iter()
        .filter(|line| line == "POST Plugin/authenticate");
    assert_eq!(renewed.count(), 1);
}

#[tokio::test]
async fn a_password_is_the_last_way_and_is_not_tried_until_the_account_is_locked() {
    for era in BOTH {
        let kavita = stocked(era);
        let by = |password: &str| ServerPlace {
            api_key: None,
            username: Some(USER.into()),
            password: Some(Secret::new(password)),
            ..place(&kavita)
        };
        let right = Adapter::new(by(PASSWORD), Kind::Manga.into());
        assert_eq!(titles(&scan(&right).await.series), ["Naruto"], "{era:?}");
        kavita.asked();
        let wrong = Adapter::new(by("wrong"), Kind::Manga.into());
        for _ in 0..3 {
            let error = wrong.test().await.expect_err("not let in");
            assert!(matches!(error, PortError::Unauthorised { .. }), "{error:?}");
        }
        assert_eq!(lines(&kavita), ["POST Account/login"]);
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_why() {
    for era in BOTH {
        let kavita = stocked(era);
        for (key, expected) in [
            (Some("wrong"), "auth key is wrong"),
            (None, "it wants an auth key"),
        ] {
            let place = ServerPlace {
                api_key: key.map(Secret::new),
                ..place(&kavita)
            };
            let adapter = Adapter::new(place, Kind::Manga.into());
            for error in [
                adapter.test().await.expect_err("not let in"),
                adapter.changed(0).await.expect_err("not let in"),
            ] {
                let text = error.to_string();
                assert!(text.contains(expected), "{era:?}: {text}");
                assert!(
                    !text.contains("wrong\"") && !text.contains("apiKey"),
                    "{text}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_test_says_what_there_is_and_what_deserves_attention() {
    for (era, version) in [(Era::Tokens, "0.8.3.2"), (Era::AuthKeys, "0.9.1.0")] {
        let kavita = stocked(era);
        let report = adapter(&kavita).test().await.expect("let in");
        let expected = format!("Kavita {version}, 2 libraries with 1 series: Manga (1), BD (0)");
        assert_eq!(
            (report.program, report.warnings),
            (expected.clone(), vec![])
        );

        kavita.no_admin();
        kavita.collapse();
        kavita.key_ends(NOON + 3 * DAY);
        let report = adapter(&kavita).test().await.expect("let in");
        assert_eq!(report.program, expected);
        let told = |part: &str| report.warnings.iter().any(|warning| warning.contains(part));
        assert!(told("no admin") && told("related"), "{:?}", report.warnings);
        assert_eq!(
            told("ends in 3 days"),
            era == Era::AuthKeys,
            "{:?}",
            report.warnings
        );

        kavita.key_ends(NOON - 1);
        let error = adapter(&kavita)
            .test()
            .await
            .expect_err("its key has ended");
        assert!(error.to_string().contains("has expired"), "{error}");
    }
}

#[tokio::test]
async fn one_library_is_chosen_by_its_name_or_id() {
    let kavita = stocked(Era::AuthKeys);
    kavita.change(|world| {
        let bd = world.libraries[1].id;
        world.add(bd, "Asterix", [Book::volume("Asterix T01.cbz", 1.0)]);
    });
    let ids = kavita.change(|world| [world.libraries[0].id, world.libraries[1].id]);
    for (library, expected) in [
        (None, &["Asterix", "Naruto"][..]),
        (Some("BD".to_owned()), &["Asterix"]),
        (Some(ids[0].to_string()), &["Naruto"]),
    ] {
        let place = ServerPlace {
            library,
            ..place(&kavita)
        };
        let scan = scan(&Adapter::new(place, Kind::Manga.into())).await;
        let mut titles = titles(&scan.series);
        titles.sort_unstable();
        assert_eq!(titles, expected);
    }
    let place = ServerPlace {
        library: Some("Comics".into()),
        ..place(&kavita)
    };
    let error = Adapter::new(place, Kind::Manga.into())
        .test()
        .await
        .expect_err("no such library");
    assert!(error.to_string().contains("it sees Manga, BD"), "{error}");
}

#[tokio::test]
async fn it_may_stand_below_a_base_url() {
    let kavita = Kavita::start_below("/kavita", Era::AuthKeys);
    let report = adapter(&kavita).test().await.expect("let in");
    assert!(report.warnings[0].contains("sees no library"), "{report:?}");
    assert!(!report.program.contains(KEY));
}
