//! A test of a connection is no secret: what it finds is how the connection is, of whatever kind it is.

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    connections::{self, Wanted},
    store,
};

use crate::stand_in::{
    install_tls, mybb,
    program::Home,
    receiver::{Receiver, Reply},
};

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:1/";

async fn app(receiver: &Receiver) -> (Home, std::sync::Arc<App>) {
    install_tls();
    let mut home = Home::new().await;
    let nobody = NOBODY.parse().expect("a URL");
    home.source(&nobody, "0123456789abcdef0123456789abcdef")
        .forum(&nobody, mybb::USER, mybb::PASSWORD)
        .client(&nobody, "admin", "secret");
    for (name, value) in [
        ("LIBRARIES__KOMGA__KIND", "komga"),
        ("LIBRARIES__KOMGA__URL", NOBODY),
        ("LIBRARIES__KOMGA__API_KEY", "0123456789abcdef"),
        ("LIBRARIES__KOMGA__SERVER_LIBRARY", "Manga"),
        ("TARGETS__HOOK__KIND", "webhook"),
        ("TARGETS__HOOK__URL", receiver.url().as_str()),
    ] {
        home.set(name, value);
    }
    let config = config::load(&home.data(), None, home.environment());
    let app = App::open(config.expect("a configuration"), Clock::System).await;
    (home, app.expect("it opens"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_stands_in_health_and_one_that_works_takes_it_away() {
    let receiver = Receiver::start();
    let (_home, app) = app(&receiver).await;
    let mut rows = store::connection::list(&app.db, "").await.expect("read");
    rows.retain(|row| row.role != "catalogue");
    assert_eq!(rows.len(), 5, "one of each kind");
    receiver.answers([Reply::Status(500)]);
    for row in &rows {
        assert_eq!((&row.error, row.failures), (&None, 0), "{}", row.name);
        let tested = connections::test(&app, row).await.expect("the database");
        let why = tested.expect_err(&row.name);
        let now = store::connection::get(&app.db, row.id).await.expect("read");
        let now = now.expect("a connection");
        assert_eq!(now.error.as_deref(), Some(why.as_str()), "{}", row.name);
        assert_eq!(now.failures, 1, "{}", row.name);
    }
    let target = rows.iter().find(|row| row.role == "target");
    let target = store::connection::get(&app.db, target.expect("a target").id).await;
    let target = target.expect("read").expect("a target");
    let tested = connections::test(&app, &target).await;
    assert!(tested.expect("the database").is_ok());
    let target = store::connection::get(&app.db, target.id).await;
    assert_eq!(target.expect("read").expect("a target").error, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_switched_off_has_no_health() {
    let receiver = Receiver::start();
    let (_home, app) = app(&receiver).await;
    let rows = store::connection::list(&app.db, "client").await;
    let (settings, secrets) = app
        .connection(&rows.expect("read")[0])
        .expect("its settings");
    let wanted = Wanted {
        name: "spare".into(),
        enabled: false,
        settings,
        secrets,
    };
    let spare = connections::create(&app, &wanted).await.expect("made");
    let tested = connections::test(&app, &spare).await;
    assert!(tested.expect("the database").is_err());
    let spare = store::connection::get(&app.db, spare.id).await;
    assert_eq!(spare.expect("read").expect("a client").error, None);
}
