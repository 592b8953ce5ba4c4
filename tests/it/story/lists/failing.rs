//! Lists that cannot be read.

use lacunarr::health;

use super::*;
use crate::stand_in::catalogue::api::Fault;

async fn problems(app: &App) -> Vec<(String, String)> {
    let problems = health::problems(app).await.expect("the database");
    let lists = problems.into_iter();
    lists
        .filter(|problem| problem.subject.starts_with("list:"))
        .map(|problem| (problem.subject, problem.message))
        .collect()
}

async fn problem(app: &App, id: i64) -> String {
    let problem = list(app, id).await.problem;
    problem.map(|problem| problem.message).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_there_or_shows_nothing_is_a_matter_of_health_and_changes_nothing() {
    let scene = Scene::new(&["Naruto"], vec![Line::of(1, "Berserk")]).await;
    let app = scene.starts().await;
    let private = follow(&app, Catalogue::AniList, "private").await;
    let nobody = follow(&app, Catalogue::AniList, "nobody").await;
    step(&app).await;
    let seen = problems(&app).await;
    let subjects: Vec<_> = seen.iter().map(|(subject, _)| subject.as_str()).collect();
    assert_eq!(subjects, ["list:anilist/private", "list:anilist/nobody"]);
    assert!(
        problem(&app, private)
            .await
            .starts_with("the list is private")
    );
    assert!(
        problem(&app, nobody)
            .await
            .starts_with("there is no user of this name")
    );
    assert_eq!(titles(&app).await, ["Naruto"]);
    scene.site.asked();
    step(&app).await;
    assert!(scene.site.asked().is_empty(), "once a day");
    let row = store::connection::named(&app.db, "catalogue", "anilist").await;
    assert_eq!(row.expect("the database").expect("it").failures, 0);

    let error = collection::lists::read(&app, nobody, false).await;
    assert!(matches!(error, Err(ReadError::NoList(_))));
    collection::lists::remove(&app, nobody)
        .await
        .expect("removed");
    let off = ImportList {
        enabled: false,
        ..list(&app, private).await
    };
    collection::lists::change(&app, &off)
        .await
        .expect("changed");
    assert_eq!(problems(&app).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_was_read_keeps_what_it_brought_when_its_site_fails() {
    let scene = Scene::new(&[], vec![Line::of(1, "Berserk")]).await;
    let app = scene.starts().await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    step(&app).await;
    for (fault, sentence) in [
        (
            Fault::Says("{\"data\":{\"MediaListCollection\":{}}}".into()),
            "layout has changed",
        ),
        (Fault::Status(500, "{}"), "500"),
        (Fault::Down, ""),
    ] {
        scene.pass(2 * DAY);
        scene.site.fail(fault.clone());
        step(&app).await;
        let message = problem(&app, id).await;
        assert!(
            !message.is_empty() && message.contains(sentence),
            "{fault:?}: {message}"
        );
        assert_eq!(titles(&app).await, ["Berserk"]);
        assert_eq!(outcomes(&app, id).await, ["Berserk: added"]);
        assert_eq!(problems(&app).await, [], "the catalogue says it");
    }
    scene.site.fail(None);
    scene.kept.lines().push(Line::of(2, "Pluto"));
    scene.pass(2 * DAY);
    step(&app).await;
    assert_eq!(
        (problem(&app, id).await, titles(&app).await.len()),
        (String::new(), 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_that_is_off_or_left_alone_reads_no_list_until_it_is_asked_again() {
    let scene = Scene::new(&[], vec![Line::of(1, "Berserk")]).await;
    let app = scene.starts().await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    scene.site.fail(Fault::Challenge);
    step(&app).await;
    assert!(problem(&app, id).await.contains("keeps programs out"));
    scene.site.fail(None);
    scene.site.asked();
    scene.pass(2 * 60 * 60_000);
    step(&app).await;
    assert!(problem(&app, id).await.contains("left alone for now"));
    let error = collection::lists::read(&app, id, false).await;
    assert!(matches!(error, Err(ReadError::NotAsked(_))), "{error:?}");
    assert!(scene.site.asked().is_empty(), "nor by hand");
    scene.pass(2 * DAY);
    step(&app).await;
    assert_eq!(
        (problem(&app, id).await, titles(&app).await.len()),
        (String::new(), 1)
    );

    let mut home = Scene::at_site("ANILIST", scene.kept.start(), scene.kept.clone(), &[]).await;
    home.home.set("CATALOGUES__ANILIST__ENABLED", "false");
    let app = home.starts().await;
    let id = follow(&app, Catalogue::AniList, "reader").await;
    step(&app).await;
    assert!(problem(&app, id).await.contains("switched off"));
    let error = collection::lists::read(&app, id, true).await;
    assert!(
        error
            .expect_err("off")
            .to_string()
            .contains("enable it first")
    );
    assert!(home.site.asked().is_empty() && titles(&app).await.is_empty());
    assert_eq!(list(&app, id).await.due_at, 0, "it is still to be read");
}
