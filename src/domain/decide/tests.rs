mod rules;
mod trust;

use std::sync::LazyLock;

use super::{rank::Comparer, *};
use crate::domain::{release::Kind, units::HOUR};

fn series() -> Series {
    Series {
        id: 1,
        title: "Dragon Ball".into(),
        aliases: vec!["Doragon Boru".into()],
        not_aliases: Vec::new(),
        language: "fr".into(),
        kind: Kind::Manga,
        monitored: true,
        auto_send: true,
        wanted_from: None,
        wanted_to: None,
        ignored: VolumeSet::default(),
        total: None,
        stated_total: None,
        announced: None,
        specials: <_>::default(),
        sources: Vec::new(),
        edition: <_>::default(),
        editions: <_>::default(),
        profile: None,
    }
}

fn offer(title: &str) -> Offer {
    Offer {
        fingerprint: String::new(),
        source_id: 1,
        source: "prowlarr".into(),
        indexer_id: 1,
        indexer: "indexer".into(),
        language: Some("fr".into()),
        categories: vec![7030],
        title: title.into(),
        // An ordinary size, whatever it holds.
        size: Some(100_000_000 * release::parse(title, Kind::Manga).volumes.len().max(1) as u64),
        seeders: Some(5),
        published_at: None,
        content: None,
        network: Some(Network::Torrent),
        term: String::new(),
        seen_at: 0,
    }
}

fn set(text: &str) -> VolumeSet {
    text.parse().expect("a set")
}

/// Wanted 3, 7-9; owned 1-2, 4; on its way 5.
fn judged(offer: &Offer) -> Verdict {
    judged_for(offer, &series())
}

fn judged_for(offer: &Offer, series: &Series) -> Verdict {
    judged_under(offer, series, &Profile::default())
}

fn judged_under(offer: &Offer, series: &Series, profile: &Profile) -> Verdict {
    judged_with(offer, series, profile, |known| known)
}

/// With what else is known.
fn judged_with<'a>(
    offer: &Offer,
    series: &'a Series,
    profile: &'a Profile,
    with: impl FnOnce(Known<'a>) -> Known<'a>,
) -> Verdict {
    static WANTED: LazyLock<VolumeSet> = LazyLock::new(|| set("3,7-9"));
    static OWNED: LazyLock<VolumeSet> = LazyLock::new(|| set("1-2,4"));
    static ON_ITS_WAY: LazyLock<VolumeSet> = LazyLock::new(|| set("5"));
    static NONE: LazyLock<VolumeSet> = LazyLock::new(VolumeSet::default);
    static NOWHERE: LazyLock<Elsewhere> = LazyLock::new(Elsewhere::default);
    static NOTHING: LazyLock<HashMap<String, String>> = LazyLock::new(HashMap::new);
    static NEVER: LazyLock<HashMap<VolumeNumber, i64>> = LazyLock::new(HashMap::new);
    let verdict = Judge::new(with(Known {
        series,
        profile,
        custom: &[],
        lexicon: Lexicon::known(),
        wanted: &WANTED,
        unconfirmed: &NONE,
        owned: &OWNED,
        damaged: &NONE,
        doubtful: &NONE,
        missing_since: &NEVER,
        on_its_way: &ON_ITS_WAY,
        elsewhere: &NOWHERE,
        copies: &[],
        usual_bytes: None,
        blocked: &NOTHING,
        networks: &[Network::Torrent],
        now: NOW,
    }))
    .judge(offer);
    for (decision, reason) in &verdict.reasons {
        let known = reason::IN_DOUBT.contains(&reason.code());
        assert!(known || *decision == Decision::Refused, "{reason:?}");
    }
    verdict
}

/// 2026-01-01.
const NOW: i64 = 1_767_225_600_000;

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    verdict
        .reasons
        .iter()
        .map(|(_, reason)| reason.code())
        .collect()
}

#[test]
fn every_offer_gets_its_decision_and_all_reasons() {
    use Decision::{Accepted, Refused, Review};
    for (title, decision, reasons) in [
        ("Dragon Ball T03 [CBZ] FR", Accepted, &[][..]),
        ("Dragon Ball T03", Accepted, &[]),
        ("Doragon Boru T03", Accepted, &[]),
        ("Dragon Ball T07 à T09 [CBZ]", Accepted, &[]),
        ("Dragon Ball T07 à T10 [CBZ]", Accepted, &[]),
        ("Dragon Ball T04 [CBZ] FR", Refused, &["already_owned"]),
        ("Dragon Ball T05 [CBZ] FR", Refused, &["on_its_way"]),
        ("Dragon Ball T12 [CBZ] FR", Refused, &["not_wanted"]),
        ("Dragon Ball Super T03 [CBZ] FR", Refused, &["wrong_series"]),
        ("DragonBall T03 [CBZ]", Review, &["weak_title"]),
        ("Dragon Ball [CBZ]", Review, &["no_volume"]),
        ("Dragon Ball T01 à T42 [CBZ]", Accepted, &["pack_share"]),
        (
            "Dragon Ball Chapitres 30 à 40 [CBZ]",
            Refused,
            &["chapters"],
        ),
        (
            "Dragon Ball T03 [CBZ] [English]",
            Refused,
            &["wrong_language"],
        ),
        ("Dragon Ball T03 HS [CBZ]", Refused, &["special"]),
        (
            "Dragon Ball [VOSTFR 1080p x264]",
            Refused,
            &["not_a_book", "no_volume"],
        ),
    ] {
        let verdict = judged(&offer(title));
        assert_eq!(verdict.decision, decision, "{title}: {:?}", verdict.reasons);
        assert_eq!(codes(&verdict), reasons, "{title}");
    }
}

#[test]
fn usenet_is_refused() {
    let verdict = judged(&Offer {
        network: None,
        ..offer("Dragon Ball T03")
    });
    assert_eq!(codes(&verdict), ["no_client"]);
}

#[test]
fn a_file_of_ed2k_is_a_book_by_its_extension() {
    for (name, is_book) in [
        ("Dragon Ball T03 [CBZ] FR", true),
        ("Dragon Ball T03 FR.cbz", true),
        ("Dragon Ball T03 FR.PDF", true),
        ("Dragon Ball T03 vol.3", true),
        ("Dragon Ball T03 FR.exe", false),
        ("Dragon Ball T03 FR.nfo", false),
    ] {
        let of_ed2k = Offer {
            network: Some(Network::Ed2k),
            ..offer(name)
        };
        let verdict = judged(&of_ed2k);
        let refused = codes(&verdict).contains(&"not_a_book");
        assert_eq!(refused, !is_book, "{name}: {:?}", verdict.reasons);
    }
}

#[test]
fn what_no_client_downloads_is_refused_unless_there_is_no_client_at_all() {
    let of_ed2k = Offer {
        network: Some(Network::Ed2k),
        ..offer("Dragon Ball T03 [CBZ] FR")
    };
    for (networks, refused) in [
        (&[Network::Torrent][..], true),
        (&[Network::Torrent, Network::Ed2k], false),
        (&[], false),
    ] {
        let known = |known| Known { networks, ..known };
        let verdict = judged_with(&of_ed2k, &series(), &Profile::default(), known);
        let says_so = codes(&verdict).contains(&"no_client");
        assert_eq!(says_so, refused, "{networks:?}");
    }
}

#[test]
fn passes_when_language_size_and_seeders_are_unknown() {
    let verdict = judged(&Offer {
        size: None,
        seeders: None,
        ..offer("Dragon Ball T03")
    });
    assert_eq!(verdict.decision, Decision::Accepted);
}

#[test]
fn a_pack_is_measured_against_its_bound() {
    let in_part = |title: &str| {
        let verdict = judged(&offer(title));
        assert_eq!(verdict.decision, Decision::Accepted, "its files say more");
        verdict.is_in_part()
    };
    assert!(!in_part("Dragon Ball T07 à T11"), "3 of 5 are 60 %");
    assert!(in_part("Dragon Ball T06 à T11"), "3 of 6 are 50 %");
}

#[test]
fn the_rank_says_why_one_stands_before_the_other() {
    let plain = || offer("Dragon Ball T03 [CBZ] FR");
    let named = |title: &str| offer(title);
    let cases: [(Comparer, Offer, Offer); 15] = [
        (
            Comparer::Language,
            plain(),
            named("Dragon Ball T03 [CBZ] EN"),
        ),
        (
            Comparer::Origin,
            named("Dragon Ball T03 [Digital-1920] [CBZ] FR"),
            plain(),
        ),
        (
            Comparer::Waste,
            named("Dragon Ball T07 à T08 FR"),
            named("Dragon Ball T06 à T08 FR"),
        ),
        (
            Comparer::Revision,
            named("Dragon Ball T03 (v2) [CBZ] FR"),
            plain(),
        ),
        (Comparer::Format, plain(), named("Dragon Ball T03 [PDF] FR")),
        (
            Comparer::Group,
            named("Dragon Ball T03 [CBZ] FR [Papa]"),
            plain(),
        ),
        (
            Comparer::Availability,
            plain(),
            Offer {
                seeders: None,
                ..plain()
            },
        ),
        (
            Comparer::Availability,
            Offer {
                seeders: None,
                ..plain()
            },
            Offer {
                seeders: Some(2),
                ..plain()
            },
        ),
        (
            Comparer::Size,
            plain(),
            Offer {
                size: Some(350_000_000),
                ..plain()
            },
        ),
        (
            Comparer::Seeders,
            Offer {
                seeders: Some(9),
                ..plain()
            },
            Offer {
                seeders: Some(8),
                ..plain()
            },
        ),
        (
            Comparer::Origin,
            plain(),
            named("Dragon Ball T03 [ScanTrad] [CBZ] FR"),
        ),
        (
            Comparer::Resolution,
            named("Dragon Ball T03 [CBZ] [1920px] FR"),
            plain(),
        ),
        (
            Comparer::Resolution,
            plain(),
            named("Dragon Ball T03 [CBZ] [1920px] [Upscaled] FR"),
        ),
        (
            Comparer::Age,
            Offer {
                published_at: Some(NOW),
                ..plain()
            },
            Offer {
                published_at: Some(NOW - 1),
                ..plain()
            },
        ),
        (Comparer::Title, plain(), named("Doragon Boru T03 [CBZ] FR")),
    ];
    let profile = Profile {
        preferred_groups: vec!["papa".into()],
        fallback_languages: vec!["en".into()],
        ..Profile::default()
    };
    for (comparer, better, worse) in cases {
        let rank = |offer: &Offer| judged_under(offer, &series(), &profile).rank;
        let (best, worst) = (rank(&better), rank(&worse));
        assert_eq!(
            best.better_by(&worst).map(|by| by.0),
            Some(comparer),
            "{} / {}",
            better.title,
            worse.title
        );
        assert_eq!(worst.better_by(&best), None);
        assert!(best > worst);
    }
    let same = judged(&plain()).rank;
    assert_eq!(same.better_by(&same.clone()), None);
}

#[test]
fn the_first_difference_in_a_careful_collectors_order_decides() {
    use Comparer as C;
    let order = [
        C::Weight,
        C::Language,
        C::Origin,
        C::Waste,
        C::Revision,
        C::Format,
        C::Group,
        C::Availability,
        C::Resolution,
        C::Size,
        C::Seeders,
        C::Age,
        C::Title,
    ];
    assert_eq!(Profile::default().ranking, order);
}

#[test]
fn the_user_orders_the_comparers() {
    let by_seeders = Profile {
        ranking: vec![Comparer::Seeders],
        ..Profile::default()
    };
    let rank = |title: &str, seeders| {
        let offer = Offer {
            seeders: Some(seeders),
            ..offer(title)
        };
        judged_under(&offer, &series(), &by_seeders).rank
    };
    let (many, few) = (
        rank("Dragon Ball T03 [PDF]", 90),
        rank("Dragon Ball T03 [CBZ]", 3),
    );
    assert_eq!(many.better_by(&few), Some((Comparer::Seeders, 90, 3)));
}

#[test]
fn why_one_comes_before_the_next_is_one_line_with_both_figures() {
    let at = |hours: i64| Offer {
        published_at: Some(NOW - hours * HOUR),
        ..offer("Dragon Ball T03 [CBZ] FR")
    };
    let named = |title: &str| Offer {
        published_at: Some(NOW),
        ..offer(title)
    };
    let seeded = |seeders| Offer { seeders, ..at(0) };
    let plain = || at(0);
    let cases = [
        (
            seeded(Some(12)),
            seeded(Some(1)),
            "3 seeders or more, the next one has 1 or 2 seeders (availability)",
        ),
        (
            seeded(None),
            seeded(Some(2)),
            "an unknown number of seeders, the next one has 1 or 2 seeders (availability)",
        ),
        (
            seeded(Some(90)),
            seeded(Some(3)),
            "90 seeders, the next one has 3 (seeders)",
        ),
        (
            at(1),
            at(25),
            "it was published 1 day after the next one (age)",
        ),
        (
            at(1),
            at(4),
            "it was published 3 hours after the next one (age)",
        ),
        (
            at(1),
            Offer {
                published_at: None,
                ..plain()
            },
            "it says when it was published, the next one does not (age)",
        ),
        (
            plain(),
            named("Dragon Ball T03 [PDF] FR"),
            "its format comes earlier in the profile's formats than that of the next one (format)",
        ),
        (
            plain(),
            named("Dragon Ball T03 FR"),
            "its format is one of the profile's, that of the next one is not, or is not known (format)",
        ),
        (
            named("Dragon Ball T03 v2 [CBZ] FR"),
            plain(),
            "it is revision 2, the next one is 1 (revision)",
        ),
        (
            plain(),
            Offer {
                size: Some(350_000_000),
                ..plain()
            },
            "a volume of it is 0 MB off the usual size, of the next one 100 MB (size)",
        ),
        (
            plain(),
            named("Doragon Boru T03 [CBZ] FR"),
            "its name has the title itself, that of the next one has an alias (title)",
        ),
        (
            plain(),
            plain(),
            "nothing that is compared tells it from the next one",
        ),
    ];
    for (better, worse, sentence) in cases {
        let rank = |offer: &Offer| judged(offer).rank;
        let (best, worst) = (rank(&better), rank(&worse));
        let said = before::the_next(("accepted", &best), ("accepted", &worst));
        assert_eq!(
            said.as_deref(),
            Some(sentence),
            "{} / {}",
            better.title,
            worse.title
        );
    }
    let (rank, other) = (judged(&plain()).rank, rank::Rank::default());
    assert_eq!(
        before::the_next(("accepted", &rank), ("review", &other)).as_deref(),
        Some("it is accepted, the next one is for you to look at")
    );
    assert_eq!(
        before::the_next(("refused", &rank), ("review", &rank)),
        None,
        "it does not come before it"
    );
    let by_seeders = Profile {
        ranking: vec![Comparer::Seeders],
        ..Profile::default()
    };
    let other_order = judged_under(&plain(), &series(), &by_seeders).rank;
    assert_eq!(
        before::the_next(("review", &rank), ("review", &other_order)),
        None,
        "ranked in another order"
    );
}

#[test]
fn relevance_is_a_sum_of_its_parts() {
    let verdict = judged(&offer("Dragon Ball T03 [CBZ] FR"));
    assert_eq!(verdict.relevance.total(), 100);
    assert!(judged(&offer("Naruto T99")).relevance.total() < 40);
}

#[test]
fn volumes_of_another_edition_count_as_what_they_hold() {
    use Decision::{Accepted, Refused, Review};
    let mapped = Series {
        editions: "perfect 2=3-4; deluxe 1=1-2".parse().expect("a map"),
        ..series()
    };
    let perfect = Series {
        edition: Edition::Perfect,
        ..series()
    };
    for (series, title, decision, volumes, reasons) in [
        (
            &series(),
            "Dragon Ball - Edition double T02 [CBZ]",
            Accepted,
            "3-4",
            &["pack_share"][..],
        ),
        (
            &series(),
            "Dragon Ball en couleurs T03 [CBZ]",
            Accepted,
            "3",
            &[],
        ),
        (
            &series(),
            "Dragon Ball Perfect Edition T03 [CBZ]",
            Review,
            "",
            &["other_edition"],
        ),
        (
            &mapped,
            "Dragon Ball Perfect Edition T02 [CBZ]",
            Accepted,
            "3-4",
            &["pack_share"],
        ),
        (
            &mapped,
            "Dragon Ball - Deluxe T01 [CBZ]",
            Refused,
            "1-2",
            &["already_owned"],
        ),
        (
            &perfect,
            "Dragon Ball Perfect Edition T03 [CBZ]",
            Accepted,
            "3",
            &[],
        ),
        (
            &perfect,
            "Dragon Ball T03 [CBZ]",
            Review,
            "",
            &["other_edition"],
        ),
        (
            &series(),
            "Dragon Ball - Intégrale T03 [CBZ]",
            Review,
            "",
            &["other_edition"],
        ),
        (
            &series(),
            "Dragon Ball Intégrale T07-T09 [CBZ]",
            Accepted,
            "7-9",
            &[],
        ),
    ] {
        let verdict = judged_for(&offer(title), series);
        assert_eq!(verdict.volumes.to_string(), volumes, "{title}");
        assert_eq!(codes(&verdict), reasons, "{title}");
        assert_eq!(verdict.decision, decision, "{title}");
    }
}

#[test]
fn a_one_shot_is_volume_1_and_only_with_its_exact_title() {
    let one_shot = |total: Option<u32>, title: &str| {
        let series = Series {
            title: "Grass".into(),
            aliases: vec!["Les mauvaises herbes".into()],
            total,
            ..series()
        };
        judged_for(&offer(title), &series).volumes.to_string()
    };
    assert_eq!(one_shot(Some(1), "Grass (2019) [CBZ]"), "1");
    assert_eq!(one_shot(Some(1), "Grass - Tome 1 [CBZ]"), "1");
    for (total, title) in [
        (None, "Grass (2019) [CBZ]"),
        (Some(2), "Grass (2019) [CBZ]"),
        (Some(1), "Les mauvaises herbes [CBZ]"),
        (Some(1), "Grass Artbook [CBZ]"),
        (Some(1), "Grass Chapitre 3 [CBZ]"),
    ] {
        assert_eq!(one_shot(total, title), "", "{total:?} {title}");
    }
}

#[test]
fn issues_count_where_issues_are_collected() {
    let comics = Series {
        kind: Kind::Comics,
        ..series()
    };
    let issue = offer("Dragon Ball 003 (2012) (Digital)");
    assert_eq!(judged_for(&issue, &comics).volumes.to_string(), "3");
    assert_eq!(codes(&judged(&issue)), ["chapters"]);
}

#[test]
fn the_second_title_of_a_name_is_as_good_as_an_alias() {
    let verdict = judged(&offer("Doragonbooru | Dragon Ball T03 [CBZ]"));
    assert_eq!(
        verdict.decision,
        Decision::Accepted,
        "{:?}",
        verdict.reasons
    );
}
