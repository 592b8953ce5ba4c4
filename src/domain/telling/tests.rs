//! Sentences as they are read.

mod hostile;

use super::{phrase, *};
use crate::domain::{
    event::{Event, SeriesRef, examples},
    link::Network,
    release::Kind,
    volume::VolumeSet,
};

fn naruto() -> SeriesRef {
    SeriesRef::new(12, "Naruto")
}

fn set(text: &str) -> VolumeSet {
    text.parse().expect("a set")
}

fn on_shelf(volumes: &str) -> Event {
    Event::VolumeOnShelf {
        series: naruto(),
        volumes: set(volumes),
        library: "manga".into(),
    }
}

fn sent(grab: i64) -> Event {
    Event::GrabSent {
        series: naruto(),
        grab,
        volumes: set("3"),
        release: "Naruto T03 [CBZ] FR".into(),
        client: "qbittorrent".into(),
        network: Network::Torrent,
        hash: "c12fe1c06bba254a9dc9f519b335aa7c1367a88a".into(),
    }
}

fn failed(grab: i64) -> Event {
    Event::GrabFailed {
        series: naruto(),
        grab,
        volumes: set("3"),
        release: "Naruto T03 [CBZ] FR".into(),
        client: "qbittorrent".into(),
        reason: "it is not a valid torrent file".into(),
    }
}

/// With plain spaces, so that the tables below can be read.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn each_event_is_told_in_both_languages() {
    let titles = |tongue| -> Vec<String> {
        let texts = examples();
        let texts = texts.iter().map(|event| plain(&text(event, tongue).title));
        texts.collect()
    };
    assert_eq!(
        titles(Tongue::French),
        [
            "« manga » lue : 812 séries, 9 640 tomes",
            "Nouvelle série : Naruto",
            "Naruto T03 manque",
            "Naruto T03 trouvé chez Nyaa",
            "Naruto T03 envoyé à qbittorrent",
            "Naruto T03 téléchargé",
            "Naruto T03 n’arrive pas",
            "Naruto T03 : le téléchargement a échoué",
            "Naruto T03 rangé dans la bibliothèque",
            "Naruto T03 rejeté",
            "Naruto T03 est arrivé",
            "Naruto T02 a disparu",
            "Naruto T73 : annoncé pour le 8 juillet 2026",
            "Naruto T73 est paru",
            "Naruto T03 manque toujours",
            "Naruto : nautiljon annonce un nombre étonnant",
            "Naruto T03 : à vous de décider",
            "Vérification de 150 séries : 12 envois",
            "17 autres questions attendent votre décision",
            "Problème : la source « prowlarr »",
            "Rétabli : la source « prowlarr »",
            "Message d’essai de Lacunarr",
        ]
    );
    assert_eq!(
        titles(Tongue::English),
        [
            "“manga” read: 812 series, 9,640 volumes",
            "New series: Naruto",
            "Naruto vol. 3 is missing",
            "Naruto vol. 3 found on Nyaa",
            "Naruto vol. 3 sent to qbittorrent",
            "Naruto vol. 3 downloaded",
            "Naruto vol. 3 does not arrive",
            "Naruto vol. 3: the download failed",
            "Naruto vol. 3 put into the library",
            "Naruto vol. 3 rejected",
            "Naruto vol. 3 has arrived",
            "Naruto vol. 2 has vanished",
            "Naruto vol. 73: announced for 8 July 2026",
            "Naruto vol. 73 is out",
            "Naruto vol. 3 is still missing",
            "Naruto: nautiljon says something odd",
            "Naruto vol. 3: yours to decide",
            "Check of 150 series: 12 sent",
            "17 more questions are yours to decide",
            "Trouble with source “prowlarr”",
            "In order again: source “prowlarr”",
            "Test message from Lacunarr",
        ]
    );
}

#[test]
fn a_find_says_where_it_is_from_and_what_was_refused() {
    let found = &examples()[3];
    let french = text(found, Tongue::French);
    assert_eq!(
        french.body,
        "«\u{a0}Naruto T03 [CBZ] FR\u{a0}» a été choisie\u{202f}; 4 autres offres ont été refusées."
    );
    let facts: Vec<String> = french
        .facts
        .iter()
        .map(|(name, value)| plain(&format!("{name}: {value}")))
        .collect();
    assert_eq!(
        facts,
        [
            "Release : Naruto T03 [CBZ] FR",
            "Taille : 87 Mo",
            "Source : prowlarr",
            "Indexeur : Nyaa",
            "Pertinence : 95 %",
            "Offres refusées : 4",
        ]
    );
    assert_eq!(
        text(found, Tongue::English).body,
        "“Naruto T03 [CBZ] FR” was chosen; 4 other offers were refused."
    );
}

#[test]
fn a_question_says_why_it_is_asked_and_counts_what_is_too_much() {
    let question = |reasons: Vec<String>| Event::ReviewNeeded {
        series: naruto(),
        volumes: set("3-5"),
        release: "Naruto T01 à T72 [CBZ] FR".into(),
        reasons,
        grab: None,
        review: Some(5),
        source: "prowlarr".into(),
        indexer: "Nyaa".into(),
        bytes: None,
    };
    let asked = text(
        &question(vec!["its language is unknown".into()]),
        Tongue::French,
    );
    assert_eq!(
        plain(&asked.title),
        "Naruto, tomes 3 à 5 : à vous de décider"
    );
    assert_eq!(
        plain(&asked.body),
        "Faut-il envoyer « Naruto T01 à T72 [CBZ] FR » ?"
    );
    assert_eq!(asked.tone, Tone::Ask);
    let mut came = question(Vec::new());
    if let Event::ReviewNeeded { grab, .. } = &mut came {
        *grab = Some(7);
    }
    assert_eq!(
        text(&came, Tongue::English).body,
        "What came of “Naruto T01 à T72 [CBZ] FR” is in doubt. Is it good enough?"
    );
    let why = (
        "Pourquoi\u{a0}".to_owned(),
        "its language is unknown".to_owned(),
    );
    assert_eq!(asked.facts.last(), Some(&why));
    let many = (1..=9).map(|number| format!("reason {number}")).collect();
    let facts = text(&question(many), Tongue::English).facts;
    let why: Vec<&str> = facts
        .iter()
        .filter(|(name, _)| name == "Why")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(
        why,
        [
            "reason 1",
            "reason 2",
            "reason 3",
            "reason 4",
            "reason 5",
            "4 other reasons"
        ]
    );
}

#[test]
fn one_and_many_and_other_kinds_are_called_as_people_call_them() {
    for (kind, volumes, french, english) in [
        (
            Kind::Manga,
            "3",
            "Naruto T03 est arrivé",
            "Naruto vol. 3 has arrived",
        ),
        (
            Kind::Bd,
            "12",
            "Naruto T12 est arrivé",
            "Naruto vol. 12 has arrived",
        ),
        (
            Kind::Auto,
            "0",
            "Naruto T00 est arrivé",
            "Naruto vol. 0 has arrived",
        ),
        (
            Kind::Auto,
            "5.5",
            "Naruto T05.5 est arrivé",
            "Naruto vol. 5.5 has arrived",
        ),
        (
            Kind::Manga,
            "3-5",
            "Naruto : tomes 3 à 5 arrivés",
            "Naruto: volumes 3 to 5 have arrived",
        ),
        (
            Kind::Manga,
            "3-4",
            "Naruto : tomes 3 et 4 arrivés",
            "Naruto: volumes 3 and 4 have arrived",
        ),
        (
            Kind::Manga,
            "1-3,5,7-8",
            "Naruto : tomes 1 à 3, 5, 7 et 8 arrivés",
            "Naruto: volumes 1 to 3, 5, 7 and 8 have arrived",
        ),
        (
            Kind::Manga,
            "1,3,5,7,9,11,13,15,17-20",
            "Naruto : tomes 1, 3, 5, 7, 9, 11 et 6 autres arrivés",
            "Naruto: volumes 1, 3, 5, 7, 9, 11 and 6 others have arrived",
        ),
        (
            Kind::Comics,
            "3",
            "Naruto #3 est arrivé",
            "Naruto #3 has arrived",
        ),
        (
            Kind::Comics,
            "3-9",
            "Naruto : numéros 3 à 9 arrivés",
            "Naruto: issues 3 to 9 have arrived",
        ),
        (
            Kind::Chapters,
            "1112",
            "Naruto chapitre 1112 est arrivé",
            "Naruto chapter 1112 has arrived",
        ),
        (Kind::Auto, "", "Naruto est arrivé", "Naruto has arrived"),
    ] {
        let event = Event::VolumeOnShelf {
            series: SeriesRef { kind, ..naruto() },
            volumes: set(volumes),
            library: "manga".into(),
        };
        assert_eq!(plain(&text(&event, Tongue::French).title), french);
        assert_eq!(text(&event, Tongue::English).title, english);
    }
}

#[test]
fn counts_and_sizes_are_written_as_each_language_does() {
    for (bytes, french, english) in [
        (0, "0 ko", "0 KB"),
        (340_000, "340 ko", "340 KB"),
        (87_031_808, "87 Mo", "87 MB"),
        (949_000_000, "949 Mo", "949 MB"),
        (999_900_000, "1 Go", "1 GB"),
        (1_440_000_000, "1,4 Go", "1.4 GB"),
        (6_100_000_000, "6,1 Go", "6.1 GB"),
        (1_234_000_000_000, "1 234 Go", "1,234 GB"),
    ] {
        assert_eq!(plain(&phrase::size(bytes, Tongue::French)), french);
        assert_eq!(plain(&phrase::size(bytes, Tongue::English)), english);
    }
    let noun = ("tome", "tomes");
    for (counted, french, english) in [
        (0, "0 tome", "0 tomes"),
        (1, "1 tome", "1 tome"),
        (2, "2 tomes", "2 tomes"),
        (9_640, "9 640 tomes", "9,640 tomes"),
        (1_234_567, "1 234 567 tomes", "1,234,567 tomes"),
    ] {
        assert_eq!(plain(&phrase::count(counted, noun, Tongue::French)), french);
        assert_eq!(phrase::count(counted, noun, Tongue::English), english);
    }
}

#[test]
fn series_that_came_together_are_counted() {
    let text = |count, tongue| {
        let of = "series.added".into();
        let told = text(&Event::Digest { of, count }, tongue);
        (plain(&told.title), told.body)
    };
    let (title, body) = text(1, Tongue::English);
    assert_eq!(
        (title.as_str(), body.as_str()),
        ("1 series was added", "They came together.")
    );
    assert_eq!(text(40, Tongue::French).0, "40 séries ajoutées");
}

#[test]
fn what_has_trouble_is_named_in_words() {
    for (subject, french, english) in [
        (
            "source:prowlarr",
            "la source « prowlarr »",
            "source “prowlarr”",
        ),
        (
            "client:qbittorrent",
            "le client « qbittorrent »",
            "client “qbittorrent”",
        ),
        (
            "library:manga",
            "la bibliothèque « manga »",
            "library “manga”",
        ),
        (
            "library:manga:shelf",
            "l’étagère de « manga »",
            "the shelf of “manga”",
        ),
        ("library:a:b", "la bibliothèque « a:b »", "library “a:b”"),
        ("target:salon", "la cible « salon »", "target “salon”"),
        (
            "list:anilist/reader",
            "la liste « anilist/reader »",
            "list “anilist/reader”",
        ),
        ("secrets", "les secrets", "the secrets"),
        ("moon", "« moon »", "“moon”"),
    ] {
        let event = Event::HealthRestored {
            subject: subject.into(),
        };
        let title = |tongue| plain(&text(&event, tongue).title);
        assert_eq!(title(Tongue::French), format!("Rétabli : {french}"));
        assert_eq!(title(Tongue::English), format!("In order again: {english}"));
    }
}

#[test]
fn words_read_back() {
    for tongue in Tongue::ALL {
        assert_eq!(Tongue::from_word(tongue.word()), Some(tongue));
    }
    for importance in Importance::ALL {
        assert_eq!(Importance::from_word(importance.word()), Some(importance));
    }
    assert_eq!(Tongue::from_word("de"), None);
    assert_eq!(Importance::from_word(""), None);
    assert!(Importance::Low < Importance::Normal && Importance::Normal < Importance::High);
}

#[test]
fn what_asks_something_of_a_person_is_important() {
    let important: Vec<String> = examples()
        .iter()
        .filter(|event| Importance::of(event) == Importance::High)
        .map(|event| event.parts().0)
        .collect();
    assert_eq!(
        important,
        [
            "grab.stalled",
            "grab.failed",
            "grab.rejected",
            "volume.vanished",
            "review.needed",
            "digest",
            "health.degraded",
            "health.restored",
            "test",
        ]
    );
    assert_eq!(Importance::of(&on_shelf("3")), Importance::Normal);
    let check = |failed| Event::CheckFinished {
        check: 3,
        trigger: "schedule".into(),
        series: 150,
        missing: 431,
        sent: 12,
        failed,
        errors: Vec::new(),
    };
    assert_eq!(Importance::of(&check(0)), Importance::Low);
    assert_eq!(Importance::of(&check(1)), Importance::Normal);
}

#[test]
fn the_events_of_a_grab_share_a_thread_and_nothing_else_does() {
    let threads: Vec<Option<String>> = examples().iter().map(thread).collect();
    let of_grab = threads.iter().flatten();
    assert_eq!(of_grab.clone().count(), 7);
    assert!(of_grab.clone().all(|thread| thread == "grab:7"));
    let old = r#"{"type":"volume.found","data":{"series":{"id":1,"title":"Naruto"},"volumes":"3","release":"Naruto T03","source":"prowlarr",
        "indexer":"Nyaa","relevance":95,"refused":4}}"#;
    let old: Event = serde_json::from_str(old).expect("an event of an older version");
    assert_eq!(thread(&old), None);
}

#[test]
fn a_digest_counts_what_came_out_and_what_will() {
    let events: Vec<Event> = examples()
        .into_iter()
        .filter(|event| event.parts().0.starts_with("volume."))
        .collect();
    assert_eq!(
        plain(&digest(&events, Tongue::French).title),
        "1 arrivé, 1 disparu, 1 en route, 1 paru, 1 annoncé, 2 manquants"
    );
    assert_eq!(
        digest(&events, Tongue::English).title,
        "1 arrived, 1 vanished, 1 on its way, 1 out, 1 announced, 2 missing"
    );
}

#[test]
fn a_digest_counts_and_names_the_most_important_first() {
    let events = [
        on_shelf("3-7"),
        sent(8),
        examples()[16].clone(),
        sent(7),
        failed(7),
        on_shelf("9"),
        Event::Digest {
            of: "review.needed".into(),
            count: 2,
        },
    ];
    let french = digest(&events, Tongue::French);
    assert_eq!(
        plain(&french.title),
        "6 arrivés, 3 à approuver, 1 échec, 1 en route"
    );
    let english = digest(&events, Tongue::English);
    assert_eq!(
        english.title,
        "6 arrived, 3 to approve, 1 failed, 1 on its way"
    );
    assert_eq!(
        english.body.lines().collect::<Vec<_>>(),
        [
            "Naruto vol. 3: yours to decide",
            "Naruto vol. 3: the download failed",
            "2 more questions are yours to decide",
            "Naruto: volumes 3 to 7 have arrived",
            "Naruto vol. 3 sent to qbittorrent",
            "Naruto vol. 9 has arrived",
        ]
    );
    assert_eq!(english.tone, Tone::Bad);
}

#[test]
fn a_digest_is_bounded_and_says_how_many_more_there_are() {
    let lines = |count: u32| {
        let events: Vec<Event> = (1..=count)
            .map(|volume| on_shelf(&volume.to_string()))
            .collect();
        let text = digest(&events, Tongue::French);
        assert_eq!(text.tone, Tone::Good);
        let lines: Vec<String> = text.body.lines().map(plain).collect();
        (lines.len(), lines.last().cloned().expect("a line"))
    };
    assert_eq!(lines(20), (20, "Naruto T20 est arrivé".into()));
    assert_eq!(lines(21), (20, "… 2 autres".into()));
    assert_eq!(lines(5_000), (20, "… 4 981 autres".into()));
    let nothing = digest(&[], Tongue::French);
    assert_eq!(nothing.title, "Rien de nouveau");
    assert!(!nothing.body.is_empty());
}

#[test]
fn templates_are_filled_in_and_what_is_missing_is_left_out() {
    let title = |template: &str, event: &Event| {
        let template: Template = template.parse().expect(template);
        plain(&template.title(event, Tongue::French))
    };
    let failed = failed(7);
    for (template, written) in [
        ("{series}{ – volumes}", "Naruto – 3"),
        (
            "[{type}] {title}",
            "[grab.failed] Naruto T03 : le téléchargement a échoué",
        ),
        (
            "{release}{ (reason)}",
            "Naruto T03 [CBZ] FR (it is not a valid torrent file)",
        ),
        ("{client}: {importance}{ indexer}", "qbittorrent: high"),
        ("a\nb {subject}", "a b"),
        (
            "{subject}{ library}",
            "Naruto T03 : le téléchargement a échoué",
        ),
        ("Déjà vu", "Déjà vu"),
    ] {
        assert_eq!(title(template, &failed), written, "{template}");
    }
    let found = &examples()[3];
    assert_eq!(
        title("{size} · {relevance} · {refused} · {language}", found),
        "87 Mo · 95 % · 4 · fr"
    );
    let body: Template = "{title}\n\n{subject}\n{body}".parse().expect("a template");
    assert_eq!(
        plain(&body.body(&on_shelf("3-5"), Tongue::French)),
        "Naruto : tomes 3 à 5 arrivés\nIls sont sur l’étagère, dans « manga »."
    );
    let told = text_by(&failed, Tongue::English, None, Some(&body));
    assert_eq!(told.title, "Naruto vol. 3: the download failed");
    assert!(
        told.body
            .starts_with("Naruto vol. 3: the download failed\n")
    );
}

#[test]
fn a_template_with_a_mistake_says_what_to_write() {
    let mistake = |template: &str| {
        template
            .parse::<Template>()
            .expect_err(template)
            .to_string()
    };
    assert_eq!(
        mistake("{serie}"),
        "'serie' is not a field: write {title}, {body}, {type}, {importance}, {series}, {language}, {volumes}, {release}, {reason}, \
         {source}, {indexer}, {relevance}, {refused}, {size}, {client}, {library} or {subject}, with nothing but signs beside it in the \
         braces, as in { (volumes)}"
    );
    for template in ["{series", "series}", "{series}}"] {
        assert_eq!(
            mistake(template),
            "a brace is open or closed that has no other; write fields as {series}"
        );
    }
    for template in [
        "{}",
        "{ }",
        "{3}",
        "{{series}",
        "{series:02}",
        "{the series}",
    ] {
        assert!(mistake(template).contains("is not a field"), "{template}");
    }
    assert_eq!(
        mistake("  "),
        "it is empty; leave it out to have what Lacunarr says by itself"
    );
    assert_eq!(
        mistake(&"x".repeat(2_001)),
        "it has 2001 characters; 2000 are the most"
    );
}

#[test]
fn no_brace_is_left_of_a_field() {
    let listed = "{x}"
        .parse::<Template>()
        .expect_err("a mistake")
        .to_string();
    let (_, fields) = listed.split_once("write ").expect("the fields");
    let (fields, _) = fields.split_once(", with nothing").expect("the fields");
    let all: Template = fields.parse().expect("all fields");
    for event in examples() {
        for tongue in Tongue::ALL {
            let plain = text(&event, tongue);
            let written = text_by(&event, tongue, Some(&all), Some(&all));
            for text in [plain, written] {
                let facts = text.facts.iter().map(|(_, value)| value.as_str());
                let parts = facts.chain([text.title.as_str(), &text.body]);
                assert!(!parts.collect::<String>().contains(['{', '}']), "{text:?}");
            }
        }
    }
}

#[test]
fn templates_are_written_as_they_were_read() {
    for text in [
        "{series}{ – volumes}: {title}",
        "plain",
        "{ (size)}\n{reason}",
    ] {
        let template: Template = text.parse().expect(text);
        assert_eq!(template.to_string(), text);
    }
}
