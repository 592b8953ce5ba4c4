//! What a careful collector expects: budgets, profiles, rules of one's own, what others fetch, and releases that come by themselves.

use std::sync::{Arc, atomic::AtomicI64};

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    domain::{profile::Profile, units::DAY},
    schedules,
    settings::Settings,
    store,
    taste::profiles,
    worker::{check, fresh, scan},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{
    eventually,
    program::{Home, Program, shelve},
    prowlarr::{self, Fault, Indexer, Prowlarr, Release},
    qbittorrent::{PASSWORD, USER},
    real_qbittorrent::RealQBittorrent,
    torrent::Torrent,
    web_api::WebApi,
};

struct Scene {
    library: TempDir,
    prowlarr: Prowlarr,
    client: RealQBittorrent,
    home: Home,
}

/// Naruto, of which 3 to 7 are missing.
async fn scene(releases: Vec<Release>) -> Scene {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 8]);
    let prowlarr = Prowlarr::start(vec![Indexer::public(1, "Nyaa")], releases);
    let client = RealQBittorrent::start();
    let mut home = Home::new().await;
    home.set("SETTINGS__TIME_ZONE", "UTC")
        .library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD);
    Scene {
        library,
        prowlarr,
        client,
        home,
    }
}

fn volumes(range: std::ops::RangeInclusive<u32>) -> Vec<Release> {
    range
        .map(|volume| Release::new(1, &format!("Naruto T{volume:02} [CBZ] FR")))
        .collect()
}

async fn armed(scene: &Scene) -> Program {
    let program = scene.home.start().await;
    program.scanned().await;
    program.arm().await;
    program
}

async fn sent(scene: &Scene) -> usize {
    let torrents = WebApi::login(scene.client.url())
        .await
        .get("torrents/info")
        .await;
    torrents.as_array().expect("a list").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_the_budget_of_the_night_waits_and_needs_no_one() {
    let mut scene = scene(volumes(3..=7)).await;
    scene.home.set("SETTINGS__GRABS_PER_NIGHT_FIRST_WEEK", "2");
    let program = armed(&scene).await;
    let (check, reports) = program.check(json!({})).await;
    assert_eq!(
        (&check["stats"]["sent"], &check["stats"]["waits"]),
        (&json!(2), &json!(3))
    );
    let waits = reports.of("Naruto")["picks"]
        .as_array()
        .expect("picks")
        .iter()
        .find(|pick| pick["outcome"] == "waits");
    let why = waits.expect("one waits")["message"]
        .as_str()
        .expect("a sentence");
    assert_eq!(
        why,
        "it waits for the next night: 2 releases were sent (grabsPerNightFirstWeek)"
    );
    let why = program.get("series/1/why").await;
    let line = why["line"].as_str().expect("a line");
    let on_its_way = reports.of("Naruto")["onItsWay"].as_str().expect("volumes");
    assert!(
        line.starts_with(&format!("volumes {on_its_way}: on the way; volumes "))
            && line.contains(": chosen; it waits for the next night: 2 releases were sent (grabsPerNightFirstWeek); its turn comes on ")
            && line.ends_with("01:00 at the earliest"),
        "{line}"
    );
    assert_eq!(program.get("wanted?state=wanted").await["totalRecords"], 3);
    assert_eq!(program.get("wanted?state=review").await["totalRecords"], 0);
    // Again, the same night.
    let (again, _) = program.check(json!({})).await;
    assert_eq!(
        (&again["stats"]["sent"], &again["stats"]["waits"]),
        (&json!(0), &json!(3))
    );
    assert_eq!(sent(&scene).await, 2);
    // A person is not bound by it.
    let offers = program.get("offers?decision=accepted&pageSize=200").await;
    let free = offers["records"]
        .as_array()
        .expect("offers")
        .iter()
        .find(|offer| offer["useful"] == "7");
    let grab = json!({"offerId": free.expect("one for volume 7")["id"]});
    assert_eq!(program.post("grabs", grab).await["state"], "queued");
    assert_eq!(sent(&scene).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_to_a_disk_without_room() {
    let mut scene = scene(volumes(3..=3)).await;
    scene.home.set("SETTINGS__KEEP_FREE_GIGABYTES", "1000000");
    let api = WebApi::login(scene.client.url()).await;
    // qBittorrent measures the folder every half minute, when it is there.
    std::fs::create_dir_all(scene.client.downloads()).expect("a folder");
    eventually("it says how much is free", 60, async || {
        let state = api.get("sync/maindata?rid=0").await["server_state"].clone();
        state["free_space_on_disk"]
            .as_i64()
            .is_some_and(|free| free > 0)
    })
    .await;
    let program = armed(&scene).await;
    let (check, reports) = program.check(json!({})).await;
    assert_eq!(
        (&check["stats"]["sent"], &check["stats"]["waits"]),
        (&json!(0), &json!(1))
    );
    let why = reports.of("Naruto")["picks"][0]["message"].to_string();
    assert!(
        why.contains("the disk has no room") && why.contains("keepFreeGigabytes"),
        "{why}"
    );
    assert_eq!(sent(&scene).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_put_into_the_client_is_not_sent_again() {
    let scene = scene(volumes(3..=4)).await;
    let program = armed(&scene).await;
    let theirs = Torrent::new("Naruto Tome 3 (autre copie) [PDF]").claims("t3.pdf", 50_000_000);
    let magnet = theirs.magnet();
    WebApi::login(scene.client.url())
        .await
        .post("torrents/add", &[("urls", &magnet), ("paused", "true")])
        .await;
    eventually("it is listed", 20, async || sent(&scene).await == 1).await;
    let (check, reports) = program.check(json!({})).await;
    assert_eq!(check["stats"]["sent"], 1, "{:#?}", reports.0);
    assert_eq!(
        reports.verdict("Naruto", "Naruto T03 [CBZ] FR").0,
        "refused"
    );
    assert!(
        reports
            .verdict("Naruto", "Naruto T03 [CBZ] FR")
            .1
            .contains("put there by somebody else")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_and_rules_decide_from_the_next_check_on_and_can_be_tried() {
    let scene = scene(vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(1, "Naruto T03 [PDF] FR-Papa"),
        Release::new(1, "Naruto 04 [CBZ] FR"),
    ])
    .await;
    let program = armed(&scene).await;
    let dry = json!({"dryRun": true});
    let (_, reports) = program.check(dry.clone()).await;
    assert_eq!(reports.picks("Naruto"), ["Naruto T03 [CBZ] FR: would_send"]);
    assert_eq!(
        reports.verdict("Naruto", "Naruto 04 [CBZ] FR").0,
        "review",
        "nothing says that 04 is a volume"
    );

    let (status, written) = program
        .ask(
            "PUT",
            "profiles/default",
            Some(json!({"formats": ["pdf"], "unmarkedNumber": "pass"})),
        )
        .await;
    assert_eq!(
        (status, &written["profile"]["leastSeeders"]),
        (200, &json!(1))
    );
    let (_, reports) = program.check(dry.clone()).await;
    assert_eq!(
        reports.picks("Naruto"),
        [
            "Naruto T03 [PDF] FR-Papa: would_send",
            "Naruto 04 [CBZ] FR: would_send"
        ]
    );

    let rule = json!({"name": "no Papa", "when": [{"field": "group", "test": "is", "values": ["papa"]}], "then": "refuse"});
    let preview = program
        .ask("POST", "judge/rule", Some(rule.clone()))
        .await
        .1;
    assert_eq!(
        (&preview["judged"], &preview["changedCount"]),
        (&json!(3), &json!(1)),
        "{preview}"
    );
    assert_eq!(
        (
            &preview["changed"][0]["before"],
            &preview["changed"][0]["after"]
        ),
        (&json!("accepted"), &json!("refused"))
    );
    let trial = json!({"seriesId": 1, "name": "Naruto T03 [PDF] FR-Papa"});
    assert_eq!(judged(&program, &trial).await, "accepted");
    assert_eq!(program.ask("POST", "rules", Some(rule)).await.0, 201);
    assert_eq!(judged(&program, &trial).await, "refused");
    let (_, reports) = program.check(dry).await;
    assert!(
        reports
            .picks("Naruto")
            .contains(&"Naruto T03 [CBZ] FR: would_send".to_owned())
    );
    assert!(
        reports
            .verdict("Naruto", "Naruto T03 [PDF] FR-Papa")
            .1
            .contains("your rule 'no Papa' says so")
    );
    let (status, refused) = program
        .ask("POST", "rules", Some(json!({"name": "x", "when": [{"field": "name", "test": "matches", "values": ["("]}], "then": "refuse"})))
        .await;
    assert_eq!(status, 400);
    assert!(
        refused["detail"]
            .to_string()
            .contains("no regular expression"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_shows_what_it_would_have_changed_of_what_was_sent_and_what_it_frees() {
    let (papa, pdf, both) = (
        "Naruto T03 [CBZ] FR-Papa",
        "Naruto T04 [PDF] FR",
        "Naruto T03 [PDF] FR-Papa",
    );
    let names = [papa, pdf, both];
    let scene = scene(names.map(|name| Release::new(1, name)).into()).await;
    shelve(scene.library.path(), "Zatch Bell", &[1]);
    let program = armed(&scene).await;
    let (check, reports) = program.check(json!({})).await;
    assert_eq!(check["stats"]["sent"], 2, "{:?}", reports.picks("Naruto"));
    shelve(scene.library.path(), "Naruto", &[3]);
    program.scan().await;
    program.check(json!({})).await;
    let offers = program.get("offers?decision=refused").await;
    assert_eq!(offers["totalRecords"], 3, "3 is on the shelf, 4 on its way");

    let rule = |field: &str, value: &str, then: &str| json!({"name": "mine", "when": [{"field": field, "test": "is", "values": [value]}], "then": then});
    let preview = async |rule: Value| {
        let (status, preview) = program.ask("POST", "judge/rule", Some(rule)).await;
        assert_eq!((status, &preview["judged"]), (200, &json!(3)), "{preview}");
        let line = |one: &Value| {
            let [name, before, after] =
                ["name", "before", "after"].map(|field| one[field].as_str().expect(field));
            format!(
                "{name}: {before} {} -> {after} {}",
                one["beforeWeight"], one["afterWeight"]
            )
        };
        let mut changed: Vec<String> = preview["changed"]
            .as_array()
            .expect("a list")
            .iter()
            .map(line)
            .collect();
        changed.sort();
        changed
    };
    let all = |names: &[&str], what: &str| -> Vec<String> {
        let mut lines: Vec<String> = names.iter().map(|name| format!("{name}: {what}")).collect();
        lines.sort();
        lines
    };
    let no_papa = rule("group", "papa", "refuse");
    let refuses = all(&[papa, both], "accepted 0 -> refused 0");
    assert_eq!(preview(no_papa.clone()).await, refuses);
    let mut weighs = rule("format", "pdf", "weigh");
    weighs["weight"] = json!(-3);
    let heavier = all(&[pdf, both], "accepted 0 -> accepted -3");
    assert_eq!(preview(weighs.clone()).await, heavier);

    let id = program.post("rules", no_papa.clone()).await["id"].clone();
    assert!(preview(no_papa.clone()).await.is_empty(), "it is as it is");
    for (field, value) in [("enabled", json!(false)), ("seriesId", json!(2))] {
        let mut changed = no_papa.clone();
        changed[field] = value;
        let freed = all(&[papa, both], "refused 0 -> accepted 0");
        assert_eq!(preview(changed).await, freed, "{field}");
    }
    let freed = [
        all(&[papa], "refused 0 -> accepted 0"),
        all(&[both], "refused 0 -> accepted -3"),
        all(&[pdf], "accepted 0 -> accepted -3"),
    ];
    assert_eq!(preview(weighs).await, freed.concat());

    // What was blocked since comes after it as well.
    let offer = program.get("offers?decision=refused").await["records"][0]["id"].clone();
    program
        .post("blocked", json!({"offerId": offer, "reason": "a fake"}))
        .await;
    let path = format!("rules/{id}");
    assert_eq!(program.ask("DELETE", &path, None).await.0, 204);
    assert_eq!(preview(no_papa).await, refuses);
}

async fn judged(program: &Program, trial: &Value) -> String {
    let (status, verdict) = program.ask("POST", "judge", Some(trial.clone())).await;
    assert_eq!(status, 200, "{verdict}");
    verdict["decision"].as_str().expect("a word").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_release_is_not_sent_under_another_name() {
    let scene = scene(vec![Release::new(1, "Naruto T03 [CBZ] FR").with_hash()]).await;
    let program = armed(&scene).await;
    let (_, reports) = program.check(json!({"dryRun": true})).await;
    let offer = reports.of("Naruto")["offers"][0]["offerId"].clone();
    let blocked = program
        .post("blocked", json!({"offerId": offer, "reason": "a fake"}))
        .await;
    let mut renamed = Release::new(1, "Naruto Tome 03 [CBZ] FR").with_hash();
    renamed.torrent =
        Torrent::new("Naruto T03 [CBZ] FR").claims("Naruto T03 [CBZ] FR.cbz", 60_000_000);
    scene.prowlarr.withdraw("Naruto T03 [CBZ] FR");
    scene.prowlarr.offer(renamed);
    let (check, reports) = program.check(json!({})).await;
    assert_eq!(check["stats"]["sent"], 0);
    assert!(
        reports
            .verdict("Naruto", "Naruto Tome 03 [CBZ] FR")
            .1
            .contains("it is blocked: a fake")
    );
    let unblock = format!("blocked/{}", blocked["id"]);
    assert_eq!(program.ask("DELETE", &unblock, None).await.0, 204);
    let (check, _) = program.check(json!({})).await;
    assert_eq!(check["stats"]["sent"], 1);
}

/// The program's own parts, with a clock that the test moves.
async fn opened(scene: &Scene) -> (Arc<App>, Arc<AtomicI64>) {
    crate::stand_in::install_tls();
    // 2026-11-02, one at night in Paris.
    let at = Arc::new(AtomicI64::new(1_793_577_600_000));
    let config =
        config::load(&scene.home.data(), None, scene.home.environment()).expect("a configuration");
    let app = App::open(config, Clock::Set(at.clone()))
        .await
        .expect("it starts");
    scan::step(&app).await.expect("a scan");
    (app, at)
}

async fn arm(app: &App) {
    let mut tx = app.db.begin().await.expect("a transaction");
    store::library::arm(&mut tx, 1, Some(app.clock.now()))
        .await
        .expect("armed");
    tx.commit().await.expect("armed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recent_release_is_matched_without_a_query_for_it() {
    let mut scene = scene(volumes(5..=5)).await;
    scene
        .prowlarr
        .offer(Release::new(1, "One Piece T05 [CBZ] FR"));
    scene.home.set("SETTINGS__ENABLED", "true");
    let (app, _) = opened(&scene).await;
    let mut seen = fresh::Seen::default();
    let looked = fresh::step(&app, &mut seen).await.expect("a look");
    assert_eq!(
        (looked.new, looked.series, looked.sent),
        (2, 1, 0),
        "{looked:?}: not armed"
    );
    arm(&app).await;
    let again = fresh::step(&app, &mut seen).await.expect("a look");
    assert_eq!((again.new, again.sent), (0, 0), "nothing is judged twice");
    scene.prowlarr.offer(Release::new(1, "Naruto T06 [CBZ] FR"));
    let looked = fresh::step(&app, &mut seen).await.expect("a look");
    assert_eq!(
        (looked.new, looked.series, looked.sent),
        (1, 1, 1),
        "{looked:?}"
    );
    let terms: Vec<String> = scene
        .prowlarr
        .queries()
        .iter()
        .map(|query| query.term.clone())
        .collect();
    assert_eq!(terms, ["", "", ""]);
    assert_eq!(sent(&scene).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fruitless_series_is_searched_ever_more_rarely_until_a_new_gap_appears() {
    let scene = scene(Vec::new()).await;
    let (app, at) = opened(&scene).await;
    let mut days = Vec::new();
    for day in 0..60 {
        if check::request_scheduled(&app)
            .await
            .expect("a check")
            .is_some()
        {
            check::step(&app).await.expect("it runs");
            days.push(day);
        }
        at.fetch_add(DAY, std::sync::atomic::Ordering::Relaxed);
    }
    assert_eq!(days, [0, 1, 4, 11, 25, 55]);
    let mut series = store::series::get(&app.db, 1)
        .await
        .expect("a row")
        .expect("Naruto")
        .series;
    series.total = Some(9);
    let mut tx = app.db.begin().await.expect("a transaction");
    store::series::update(&mut tx, &series, app.clock.now())
        .await
        .expect("updated");
    lacunarr::shelving::refresh(&mut tx, 1, app.clock.now())
        .await
        .expect("looked at");
    tx.commit().await.expect("updated");
    assert!(
        check::request_scheduled(&app)
            .await
            .expect("a check")
            .is_some(),
        "volume 9 is new"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_waited_for_is_taken_when_its_time_has_come() {
    let scene = scene(vec![Release::new(1, "Naruto T03 [CBZ] [English]")]).await;
    let (app, at) = opened(&scene).await;
    let patient = Profile {
        fallback_languages: vec!["en".into()],
        fallback_after_days: 20,
        ..Profile::default()
    };
    profiles::write(&app, "default", &patient)
        .await
        .expect("written");
    arm(&app).await;
    let mut days = Vec::new();
    for day in 0..=20 {
        assert_eq!(sent(&scene).await, 0);
        if check::request_scheduled(&app)
            .await
            .expect("a check")
            .is_some()
        {
            check::step(&app).await.expect("it runs");
            days.push(day);
        }
        at.fetch_add(DAY, std::sync::atomic::Ordering::Relaxed);
    }
    // After the fourth search in vain it would be the 25th.
    assert_eq!(days, [0, 1, 4, 11, 20]);
    assert_eq!(sent(&scene).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_series_is_not_told_volume_by_volume() {
    let scene = scene(Vec::new()).await;
    let program = scene.home.start().await;
    program.scanned().await;
    let longer = json!({"total": 72});
    assert_eq!(program.ask("PATCH", "series/1", Some(longer)).await.0, 200);
    let told = async |kind: &str| program.get(&format!("history?type={kind}")).await;
    assert_eq!(told("volume.missing").await["totalRecords"], 10);
    let digest = told("digest").await["records"][0]["data"].clone();
    assert_eq!(digest, json!({"of": "volume.missing", "count": 54}));
    assert_eq!(program.get("wanted").await["totalRecords"], 69);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_series_is_begun_after_the_end_of_the_night() {
    let mut scene = scene(Vec::new()).await;
    scene.home.set("SETTINGS__CHECK_UNTIL", "06:30");
    let (app, at) = opened(&scene).await;
    let half_past_six = 13 * DAY / 48;
    for (later, queries) in [(half_past_six, 0), (half_past_six - 1, 1)] {
        let midnight = at.load(std::sync::atomic::Ordering::Relaxed);
        let asked_for = check::request_scheduled(&app).await.expect("a check");
        assert!(asked_for.is_some(), "it was not searched yet");
        at.fetch_add(later, std::sync::atomic::Ordering::Relaxed);
        check::step(&app).await.expect("it runs");
        assert_eq!(scene.prowlarr.queries().len(), queries);
        at.store(midnight + DAY, std::sync::atomic::Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_of_arming_counts_what_would_be_asked_and_sent() {
    let mut scene = scene(vec![
        Release::new(1, "Naruto T03 [CBZ] FR").size(100_000_000),
        Release::new(1, "Naruto T03-T05 [CBZ] FR").size(360_000_000),
    ])
    .await;
    scene.home.set("SETTINGS__GRABS_PER_NIGHT_FIRST_WEEK", "2");
    let bd = tempfile::tempdir().expect("a folder");
    shelve(bd.path(), "Blacksad", &[1, 9]);
    let program = scene.home.start().await;
    program.scanned().await;
    let bd = json!({"name": "bd", "path": bd.path(), "content": "bd", "monitor": true});
    let bd = program.post("libraries", bd).await["id"].clone();
    eventually("the albums are known", 20, async || {
        program.get("series?title=blacksad").await["totalRecords"] == 1
    })
    .await;
    let aliases = json!({"aliases": ["Naruto Shippuden", "Naruto V2"], "total": 14});
    assert_eq!(program.ask("PATCH", "series/1", Some(aliases)).await.0, 200);
    program.check(json!({"dryRun": true})).await;

    let albums = program.get(&format!("libraries/{bd}/arm-preview")).await;
    assert_eq!(
        albums,
        json!({
            "series": 1, "volumes": 7, "gigabytes": 0.84, "packCount": 0, "packs": [], "nights": 4,
            "queries": [{"source": "prowlarr", "indexer": "Nyaa", "queries": 1, "aDay": 300}],
        }),
        "seven albums of 120 MB, two a night"
    );
    let manga = program.get("libraries/1/arm-preview").await;
    assert_eq!(
        manga,
        json!({
            "series": 1, "volumes": 11, "gigabytes": 1.56, "packCount": 1, "nights": 5,
            "packs": [{"series": "Naruto", "release": "Naruto T03-T05 [CBZ] FR", "volumes": "3-5", "wanted": "3-5", "gigabytes": 0.36}],
            "queries": [{"source": "prowlarr", "indexer": "Nyaa", "queries": 2, "aDay": 300}],
        }),
        "a pack and eight volumes of 150 MB, two a night"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_says_when_it_ran_and_when_it_runs_next() {
    let mut scene = scene(Vec::new()).await;
    scene
        .home
        .set("SETTINGS__CHECK_SCHEDULE", "every 2 days at 03:30")
        .set("SETTINGS__TIME_ZONE", "Europe/Paris");
    let (app, at) = opened(&scene).await;
    let began = at.load(std::sync::atomic::Ordering::Relaxed);
    let settings = app.settings().await.expect("settings");
    let said = async || {
        schedules::check(&app, &settings)
            .await
            .expect("it is known")
    };
    // The night after the next.
    let half_past_three = began + DAY + 5 * DAY / 48;
    let scheduled = said().await;
    assert_eq!(
        (scheduled.last_run_at, scheduled.next_run_at),
        (None, Some(half_past_three))
    );
    at.store(half_past_three, std::sync::atomic::Ordering::Relaxed);
    check::request_scheduled(&app)
        .await
        .expect("a check")
        .expect("there are gaps");
    check::step(&app).await.expect("it runs");
    let scheduled = said().await;
    assert_eq!(
        (scheduled.last_run_at, scheduled.next_run_at),
        (Some(half_past_three), Some(half_past_three + 2 * DAY))
    );
    let off = Settings {
        enabled: false,
        ..settings.clone()
    };
    let scheduled = schedules::check(&app, &off).await.expect("it is known");
    assert_eq!(scheduled.next_run_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn before_arming_it_says_what_would_come_and_afterwards_why_something_did_not() {
    let scene = scene(vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(1, "Naruto T04 [CBZ] [English]"),
        Release::new(1, "Naruto T04 [CBZ] FR").size(3_000_000),
    ])
    .await;
    let program = scene.home.start().await;
    program.scanned().await;
    let preview = program.get("libraries/1/arm-preview").await;
    let asked = json!([{"source": "prowlarr", "queries": 1, "aDay": 300}]);
    let expected = json!({"series": 1, "volumes": 5, "gigabytes": 0.75, "packCount": 0, "packs": [], "queries": asked, "nights": 1});
    assert_eq!(preview, expected);
    assert_eq!(
        program.get("series/1/why?volume=4").await["line"],
        "volume 4: missing; its library is not armed, so nothing is sent; arm it with POST /api/v1/libraries/{id}/arm; no source was asked yet"
    );
    let unknown = program.get("series/1/why?volume=99").await;
    assert_eq!(
        (&unknown["line"], &unknown["missing"]),
        (
            &json!(
                "volume 99: not known to exist, the last one that is known is 8; set the total of the series if it does"
            ),
            &json!("")
        )
    );
    program.arm().await;
    program.check(json!({})).await;
    let today = chrono::Utc::now()
        .with_timezone(&chrono_tz::Tz::UTC)
        .format("%Y-%m-%d");
    let week = (chrono::Utc::now() + chrono::Duration::days(7))
        .format("%Y-%m-%d")
        .to_string();
    let why = program.get("series/1/why?volume=4").await;
    assert_eq!(
        why["line"],
        format!(
            "volume 4: missing; last searched on {today}; 2 refused: too_small (1), wrong_language (1); searched again from {week}"
        )
    );
    assert_eq!(why["offers"].as_array().map(Vec::len), Some(2));
    assert_eq!(why["offers"][0]["reasons"][0]["decision"], "refused");
    assert_eq!(
        program.get("series/1/why?volume=3").await["line"],
        "volume 3: on the way"
    );
    assert_eq!(
        program.get("series/1/why").await["line"],
        format!(
            "volume 3: on the way; volumes 4-7: missing; last searched on {today}; 2 refused: too_small (1), wrong_language (1); searched again from {week}"
        )
    );
    assert_eq!(
        program.get("series/1/why?volume=1").await["line"],
        "volume 1: on the shelf"
    );
    scene.prowlarr.fail(Fault::Down);
    program.check(json!({})).await;
    let line = program.get("series/1/why?volume=5").await["line"]
        .as_str()
        .expect("a line")
        .to_owned();
    assert!(
        line.contains("prowlarr") && !line.contains("nobody offered"),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_judged_by_the_network_that_it_would_come_from() {
    let scene = scene(vec![]).await;
    let program = armed(&scene).await;
    let series = program.get("series").await["records"][0]["id"].clone();
    let codes = async |network: Value| {
        let mut trial = json!({"seriesId": series, "name": "Naruto T03 [CBZ] FR", "size": 60_000_000, "seeders": 5});
        trial["network"] = network;
        let verdict = program.post("judge", trial).await;
        let reasons = verdict["reasons"].as_array().expect("reasons").clone();
        let codes = reasons.into_iter().map(|reason| reason["code"].clone());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes(json!("torrent")).await, Vec::<Value>::new());
    assert_eq!(codes(json!("ed2k")).await, [json!("no_client")]);
}
