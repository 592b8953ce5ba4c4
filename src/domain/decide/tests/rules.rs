//! Each rule with its bound, and what it does when its fact is unknown.

use super::*;
use crate::domain::{
    decide::{
        custom::{Condition, Field, Test, Then},
        elsewhere::Place,
    },
    identity::Catalogue,
    series::Announced,
    units::{DAY, MEGABYTE as MB},
};

fn decided(verdict: &Verdict) -> (Decision, Vec<&'static str>) {
    (verdict.decision, codes(verdict))
}

fn single() -> Offer {
    offer("Dragon Ball T03 [CBZ] FR")
}

/// Decision and reasons of one offer under a profile.
fn under(profile: &Profile, offer: &Offer) -> (Decision, Vec<&'static str>) {
    decided(&judged_under(offer, &series(), profile))
}

const PASSES: (Decision, Vec<&str>) = (Decision::Accepted, Vec::new());

fn refused(code: &'static str) -> (Decision, Vec<&'static str>) {
    (Decision::Refused, vec![code])
}

fn review(code: &'static str) -> (Decision, Vec<&'static str>) {
    (Decision::Review, vec![code])
}

#[test]
fn a_volume_of_manga_has_the_size_of_one() {
    for (bytes, expected) in [
        (9 * MB, refused("too_small")),
        (10 * MB, review("too_small")),
        (19 * MB, review("too_small")),
        (20 * MB, review("unusual_size")),
        (49 * MB, review("unusual_size")),
        (50 * MB, PASSES),
        (250 * MB, PASSES),
        (251 * MB, review("unusual_size")),
        (400 * MB, review("unusual_size")),
        (401 * MB, review("too_big")),
        (900 * MB, review("too_big")),
        (901 * MB, refused("too_big")),
        (1_800 * MB, refused("too_big")),
        (1_801 * MB, refused("closed_pack")),
    ] {
        let offer = Offer {
            size: Some(bytes),
            ..single()
        };
        assert_eq!(under(&Profile::default(), &offer), expected, "{bytes}");
    }
}

#[test]
fn an_album_an_issue_and_a_novel_have_sizes_of_their_own() {
    let sized = |kind, title: &str, bytes| {
        let series = Series { kind, ..series() };
        let offer = Offer {
            size: Some(bytes),
            ..offer(title)
        };
        decided(&judged_for(&offer, &series))
    };
    for (bytes, expected) in [
        (7 * MB, refused("too_small")),
        (8 * MB, review("too_small")),
        (14 * MB, review("too_small")),
        (15 * MB, review("unusual_size")),
        (39 * MB, review("unusual_size")),
        (40 * MB, PASSES),
        (200 * MB, PASSES),
        (201 * MB, review("unusual_size")),
        (350 * MB, review("unusual_size")),
        (351 * MB, review("too_big")),
        (800 * MB, review("too_big")),
        (801 * MB, refused("too_big")),
    ] {
        assert_eq!(
            sized(Kind::Bd, "Dragon Ball T03 [CBZ] FR", bytes),
            expected,
            "{bytes}"
        );
    }
    for (bytes, reasons) in [
        (14 * MB, &["unusual_size"][..]),
        (15 * MB, &[]),
        (150 * MB, &[]),
        (151 * MB, &["unusual_size"]),
    ] {
        let issue = sized(Kind::Comics, "Dragon Ball #003 FR", bytes);
        assert_eq!(issue.1, reasons, "{bytes}");
    }
    for (bytes, expected) in [
        (199_999, review("unusual_size")),
        (200_000, PASSES),
        (80 * MB, PASSES),
        (81 * MB, review("unusual_size")),
    ] {
        let novel = sized(Kind::Manga, "Dragon Ball T03 [EPUB] FR", bytes);
        assert_eq!(novel, expected, "{bytes}");
    }
    assert_eq!(sized(Kind::Chapters, "Dragon Ball Ch. 003 FR", 1), PASSES);
}

#[test]
fn what_holds_several_volumes_may_be_as_much_larger() {
    let double = Series {
        edition: Edition::Double,
        ..series()
    };
    let sized = |series: &Series, title: &str, bytes| {
        let offer = Offer {
            size: Some(bytes),
            ..offer(title)
        };
        decided(&judged_for(&offer, series))
    };
    assert_eq!(
        sized(&series(), "Dragon Ball T07 à T09 FR", 750 * MB),
        PASSES
    );
    assert_eq!(
        sized(&series(), "Dragon Ball T07 à T09 FR", 2_701 * MB),
        refused("too_big")
    );
    assert_eq!(
        sized(&double, "Dragon Ball - Edition double T03 FR", 500 * MB),
        PASSES
    );
    // Volume 3 of it holds 7 to 9, and each of these counts.
    for (bytes, expected) in [
        (149 * MB, review("unusual_size")),
        (150 * MB, PASSES),
        (750 * MB, PASSES),
        (2_700 * MB, review("too_big")),
        (2_701 * MB, refused("too_big")),
    ] {
        let three = sized(&series(), "Dragon Ball 3-in-1 T03 FR", bytes);
        assert_eq!(three, expected, "{bytes}");
    }
    assert_eq!(
        sized(&series(), "Dragon Ball en couleurs T03 FR", 500 * MB),
        PASSES
    );
    assert_eq!(
        sized(&series(), "Dragon Ball en couleurs T03 FR", 801 * MB),
        review("too_big")
    );
}

#[test]
fn a_size_is_told_with_its_bound_and_the_setting_to_change() {
    let sentences = |kind, title: &str, bytes| {
        let series = Series { kind, ..series() };
        let offer = Offer {
            size: Some(bytes),
            ..offer(title)
        };
        let reasons = judged_for(&offer, &series).reasons.into_iter();
        let sentences: Vec<String> = reasons.map(|reason| reason.1.to_string()).collect();
        sentences
    };
    let (manga, colour) = ("Dragon Ball T03 FR", "Dragon Ball en couleurs T03 FR");
    for (kind, title, bytes, expected) in [
        (
            Kind::Manga,
            manga,
            9_999_999,
            "9.999999 MB a volume is under the bound of 10 MB (manga.refuseBelow)",
        ),
        (
            Kind::Manga,
            manga,
            3 * MB,
            "3.0 MB a volume is under the bound of 10 MB (manga.refuseBelow)",
        ),
        (
            Kind::Manga,
            manga,
            19_950_000,
            "19.9 MB a volume is under the bound of 20 MB (manga.reviewBelow)",
        ),
        (
            Kind::Manga,
            "Dragon Ball T03 [EPUB] FR",
            49_000,
            "0.049 MB a volume is under the bound of 0.05 MB (novels.refuseBelow)",
        ),
        (
            Kind::Manga,
            manga,
            49_999_000,
            "49.999 MB a volume is possible, but mostly it is 50 to 250 MB (unusualSize)",
        ),
        (
            Kind::Bd,
            manga,
            350_200_000,
            "350.2 MB a volume is over the bound of 350 MB (bd.reviewAbove)",
        ),
        (
            Kind::Manga,
            colour,
            801 * MB,
            "801 MB a volume is over the bound of 800 MB (manga.reviewAbove, colourFactor)",
        ),
        (
            Kind::Manga,
            manga,
            2_000 * MB,
            "2000 MB is far over the 900 MB of one volume (manga.refuseAbove): it holds more than its name says",
        ),
        (
            Kind::Manga,
            "Dragon Ball T07 à T09 FR",
            10_000_100_000,
            "10.0001 GB are over the 10 GB that a pack may have to go by itself (packGigabytes)",
        ),
    ] {
        let found = sentences(kind, title, bytes);
        assert!(found.iter().any(|one| one == expected), "{found:?}");
    }
    let bare = Offer::of_name("Dragon Ball T03".into(), None, None);
    assert_eq!(
        judged(&bare).reasons[0].1.to_string(),
        "it states no language, and that of its indexer is not known; this series is collected in fr (unknownLanguage, indexerLanguages)"
    );
}

#[test]
fn passes_when_size_is_unknown() {
    let offer = Offer {
        size: None,
        ..single()
    };
    assert_eq!(under(&Profile::default(), &offer), PASSES);
}

#[test]
fn passes_when_what_it_holds_is_unknown() {
    let deluxe = Series {
        edition: Edition::Deluxe,
        ..series()
    };
    let offer = Offer {
        size: Some(1),
        ..offer("Dragon Ball Deluxe T03 FR")
    };
    assert_eq!(decided(&judged_for(&offer, &deluxe)), PASSES);
}

#[test]
fn the_language_is_stated_or_the_indexers_own() {
    let with = |title: &str, indexer: Option<&str>, profile: &Profile| {
        let offer = Offer {
            language: indexer.map(str::to_owned),
            ..offer(title)
        };
        under(profile, &offer)
    };
    let plain = Profile::default();
    let english_too = Profile {
        fallback_languages: vec!["en".into()],
        ..Profile::default()
    };
    let by_user = Profile {
        indexer_languages: [("Indexer".to_owned(), "fr".to_owned())].into(),
        ..Profile::default()
    };
    let pass = Profile {
        unknown_language: Doubt::Pass,
        ..Profile::default()
    };
    let refuse = Profile {
        unknown_language: Doubt::Refuse,
        ..Profile::default()
    };
    for (title, indexer, profile, expected) in [
        ("Dragon Ball T03 FR", Some("en"), &plain, PASSES),
        ("Dragon Ball T03", Some("fr"), &plain, PASSES),
        (
            "Dragon Ball T03",
            Some("en"),
            &plain,
            review("unknown_language"),
        ),
        ("Dragon Ball T03", None, &plain, review("unknown_language")),
        ("Dragon Ball T03", None, &by_user, PASSES),
        ("Dragon Ball T03", None, &pass, PASSES),
        (
            "Dragon Ball T03",
            None,
            &refuse,
            refused("unknown_language"),
        ),
        (
            "Dragon Ball T03 [English]",
            Some("fr"),
            &plain,
            refused("wrong_language"),
        ),
        (
            "Dragon Ball T03 [English]",
            Some("fr"),
            &english_too,
            PASSES,
        ),
        ("Dragon Ball T03 [English] [FR]", None, &plain, PASSES),
    ] {
        assert_eq!(
            with(title, indexer, profile),
            expected,
            "{title} {indexer:?}"
        );
    }
}

#[test]
fn a_number_needs_a_word_or_sign_that_makes_it_a_volume() {
    let plain = Profile::default();
    assert_eq!(
        under(&plain, &offer("Dragon Ball 03 [CBZ] FR")),
        review("unmarked_number")
    );
    let pass = Profile {
        unmarked_number: Doubt::Pass,
        ..Profile::default()
    };
    assert_eq!(under(&pass, &offer("Dragon Ball 03 [CBZ] FR")), PASSES);
    let one_shot = Series {
        total: Some(1),
        ..series()
    };
    let verdict = judged_for(&offer("Dragon Ball [CBZ] FR"), &one_shot);
    assert!(
        !codes(&verdict).contains(&"unmarked_number"),
        "a one-shot has no number"
    );
}

#[test]
fn fans_work_is_for_a_human_and_an_unknown_origin_passes() {
    let plain = Profile::default();
    assert_eq!(
        under(&plain, &offer("Dragon Ball T03 FR [ScanTrad]")),
        review("fan_translation")
    );
    assert_eq!(under(&plain, &single()), PASSES);
    let never = Profile {
        fan_translations: Doubt::Refuse,
        ..Profile::default()
    };
    assert_eq!(
        under(&never, &offer("Dragon Ball T03 FR [ScanTrad]")),
        refused("fan_translation")
    );
}

#[test]
fn seeders_have_a_least_and_unknown_passes() {
    let three = Profile {
        least_seeders: 3,
        ..Profile::default()
    };
    for (seeders, expected) in [
        (Some(2), refused("too_few_seeders")),
        (Some(3), PASSES),
        (None, PASSES),
    ] {
        assert_eq!(
            under(
                &three,
                &Offer {
                    seeders,
                    ..single()
                }
            ),
            expected
        );
    }
    let none = Offer {
        seeders: Some(0),
        ..single()
    };
    assert_eq!(
        under(&Profile::default(), &none),
        refused("too_few_seeders")
    );
}

#[test]
fn the_age_has_bounds_and_an_unknown_one_passes() {
    let bounds = Profile {
        oldest_days: 30,
        youngest_minutes: 60,
        ..Profile::default()
    };
    let aged = |age: Option<i64>| Offer {
        published_at: age.map(|age| NOW - age),
        ..single()
    };
    for (age, expected) in [
        (Some(59 * 60_000), refused("too_young")),
        (Some(60 * 60_000), PASSES),
        (Some(30 * DAY), PASSES),
        (Some(30 * DAY + 1), refused("too_old")),
        // A clock that is ahead of ours.
        (Some(-DAY), refused("too_young")),
        (None, PASSES),
    ] {
        assert_eq!(under(&bounds, &aged(age)), expected, "{age:?}");
    }
}

#[test]
fn a_scan_waits_for_the_official_release() {
    let waits = Profile {
        official_delay_days: 7,
        ..Profile::default()
    };
    let aged = |title: &str, age: Option<i64>| Offer {
        published_at: age.map(|age| NOW - age),
        ..offer(title)
    };
    let scan = "Dragon Ball T03 [Scan] FR";
    assert_eq!(
        under(&waits, &aged(scan, Some(7 * DAY - 1))),
        refused("delayed")
    );
    assert_eq!(under(&waits, &aged(scan, Some(7 * DAY))), PASSES);
    assert_eq!(under(&waits, &aged(scan, None)), PASSES, "an unknown date");
    assert_eq!(
        under(&waits, &aged("Dragon Ball T03 FR [Digital-1920]", Some(0))),
        PASSES
    );
    assert_eq!(
        under(&waits, &aged("Dragon Ball T03 FR", Some(0))),
        PASSES,
        "an unknown origin"
    );
}

#[test]
fn another_language_waits_for_the_collected_one() {
    let waits = Profile {
        fallback_languages: vec!["en".into(), "it".into()],
        fallback_after_days: 30,
        ..Profile::default()
    };
    let at_once = Profile {
        fallback_after_days: 0,
        ..waits.clone()
    };
    let trusting = Profile {
        unknown_language: Doubt::Pass,
        ..waits.clone()
    };
    let delayed = || refused("fallback_delayed");
    // Volume 3 is missing for so long, volume 8 since today; of volume 7 that is not known.
    for (title, indexer, missing_for, profile, expected) in [
        ("T03 [English]", "fr", 30 * DAY - 1, &waits, delayed()),
        ("T03 [English]", "fr", 30 * DAY, &waits, PASSES),
        // A clock that is ahead of ours.
        ("T03 [English]", "fr", -DAY, &waits, delayed()),
        ("T03 [English]", "fr", 0, &at_once, PASSES),
        ("T03 [Italiano]", "fr", 0, &waits, delayed()),
        ("T03 FR", "fr", 0, &waits, PASSES),
        ("T03 [English] [FR]", "fr", 0, &waits, PASSES),
        ("T03", "fr", 0, &waits, PASSES),
        ("T03", "en", 0, &trusting, delayed()),
        ("T03", "de", 0, &trusting, PASSES),
        ("T07 [English]", "fr", 0, &waits, PASSES),
        ("T07 à T08 [English]", "fr", 0, &waits, delayed()),
    ] {
        let since = HashMap::from([
            (VolumeNumber::whole(3).expect("a volume"), NOW - missing_for),
            (VolumeNumber::whole(8).expect("a volume"), NOW),
        ]);
        let offer = Offer {
            language: Some(indexer.into()),
            ..offer(&format!("Dragon Ball {title}"))
        };
        let verdict = judged_with(&offer, &series(), profile, |known| Known {
            missing_since: &since,
            ..known
        });
        assert_eq!(
            decided(&verdict),
            expected,
            "{title} {indexer} {missing_for}"
        );
        assert!(
            verdict
                .reasons
                .iter()
                .all(|(_, reason)| reason.is_temporary())
        );
    }
}

#[test]
fn only_what_nothing_but_time_stands_against_has_days_left() {
    let profile = Profile {
        official_delay_days: 7,
        youngest_minutes: 1_440,
        ..Profile::default()
    };
    let left = |title: &str, age: i64| {
        let offer = Offer {
            published_at: Some(NOW - age),
            ..offer(title)
        };
        judged_under(&offer, &series(), &profile).days_left()
    };
    assert_eq!(left("Dragon Ball T03 [Scan] FR", 3 * DAY), Some(4));
    assert_eq!(left("Dragon Ball T03 [Scan] FR", 0), Some(7));
    assert_eq!(left("Dragon Ball T03 FR", 0), Some(2));
    assert_eq!(left("Dragon Ball T03 FR", 2 * DAY), None);
    assert_eq!(left("Dragon Ball T04 [Scan] FR", 0), None, "it is owned");
}

#[test]
fn formats_groups_indexers_categories_and_words_can_be_refused() {
    let strings = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let no_pdf = Profile {
        refused_formats: strings(&["PDF"]),
        ..Profile::default()
    };
    let no_group = Profile {
        refused_groups: strings(&["papa"]),
        ..Profile::default()
    };
    let no_indexer = Profile {
        refused_indexers: strings(&["Indexer"]),
        ..Profile::default()
    };
    let no_audio = Profile {
        refused_categories: vec![3000, 7020],
        ..Profile::default()
    };
    let words = Profile {
        required_words: strings(&["t03", "tome"]),
        forbidden_words: strings(&["Mobi"]),
        ..Profile::default()
    };
    let category = |category| Offer {
        categories: vec![category],
        ..single()
    };
    for (profile, offer, expected) in [
        (
            &no_pdf,
            offer("Dragon Ball T03 [PDF] FR"),
            refused("refused_format"),
        ),
        (&no_pdf, offer("Dragon Ball T03 [PDF] [CBZ] FR"), PASSES),
        (&no_pdf, offer("Dragon Ball T03 FR"), PASSES),
        (
            &no_group,
            offer("Dragon Ball T03 [CBZ] FR [Papa]"),
            refused("refused_group"),
        ),
        (&no_group, single(), PASSES),
        (&no_indexer, single(), refused("refused_indexer")),
        (&no_audio, category(3030), refused("refused_category")),
        (&no_audio, category(7020), refused("refused_category")),
        (&no_audio, category(7030), PASSES),
        (
            &no_audio,
            Offer {
                categories: Vec::new(),
                ..single()
            },
            PASSES,
        ),
        (&words, single(), PASSES),
        (
            &words,
            offer("Dragon Ball Vol. 3 FR"),
            refused("no_required_word"),
        ),
        (
            &words,
            offer("Dragon Ball T03 FR Mobilis"),
            refused("forbidden_word"),
        ),
    ] {
        assert_eq!(under(profile, &offer), expected, "{}", offer.title);
    }
}

#[test]
fn numbers_that_there_can_hardly_be_are_for_a_human() {
    let stated = |total, title: &str| {
        let series = Series {
            total: None,
            stated_total: Some(total),
            ..series()
        };
        codes(&judged_for(&offer(title), &series))
    };
    let of = |total, title: &str| {
        let series = Series { total, ..series() };
        codes(&judged_for(&offer(title), &series))
    };
    // 42 and half of it, and 5: 68.
    assert!(!stated(42, "Dragon Ball T03 à T68 FR").contains(&"implausible"));
    assert!(stated(42, "Dragon Ball T03 à T69 FR").contains(&"implausible"));
    // Volume 4 is the last on the shelf: 204.
    assert!(!of(None, "Dragon Ball T03 à T204 FR").contains(&"implausible"));
    assert!(of(None, "Dragon Ball T03 à T205 FR").contains(&"implausible"));
    let empty = VolumeSet::default();
    let nothing = judged_with(
        &offer("Dragon Ball T999 FR"),
        &series(),
        &Profile::default(),
        |known| Known {
            owned: &empty,
            ..known
        },
    );
    assert!(
        !codes(&nothing).contains(&"implausible"),
        "nothing is known"
    );
}

#[test]
fn a_volume_that_is_not_out_in_this_edition_is_for_a_human() {
    let by_bnf = Series {
        total: None,
        stated_total: Some(42),
        announced: Some(Announced {
            total: 12,
            by: Catalogue::Bnf,
            before_libraries: true,
            specials: VolumeSet::default(),
        }),
        ..series()
    };
    let by_you = Series {
        total: Some(12),
        ..series()
    };
    let uncounted = Series {
        total: None,
        ..series()
    };
    let (plain, pass) = (
        Profile::default(),
        Profile {
            beyond_count: Doubt::Pass,
            ..Profile::default()
        },
    );
    for (series, profile, title, expected) in [
        (
            &by_bnf,
            &plain,
            "Dragon Ball T03 à T14 FR",
            "volumes 13-14 are not out in this edition: 12 are, as bnf says (beyondCount)",
        ),
        (
            &by_you,
            &plain,
            "Dragon Ball T13 FR",
            "volume 13 is not out in this edition: 12 are, as you say (beyondCount)",
        ),
        (&by_bnf, &plain, "Dragon Ball T03 à T12 FR", ""),
        (&by_bnf, &plain, "Dragon Ball T12.5 FR", ""),
        (&by_bnf, &pass, "Dragon Ball T03 à T14 FR", ""),
        (&uncounted, &plain, "Dragon Ball T03 à T14 FR", ""),
    ] {
        let verdict = judged_with(&offer(title), series, profile, |known| known);
        let mut reasons = verdict.reasons.iter();
        let said = reasons.find(|reason| reason.1.code() == "beyond_count");
        if let Some(said) = said {
            assert_eq!(said.0, Decision::Review, "{title}");
        }
        let sentence = said.map(|said| said.1.to_string());
        assert_eq!(sentence.unwrap_or_default(), expected, "{title}");
    }
    let far = judged_with(&offer("Dragon Ball T999 FR"), &by_you, &plain, |known| {
        known
    });
    assert!(!codes(&far).contains(&"implausible"), "said once");
    let far = judged_with(&offer("Dragon Ball T999 FR"), &by_you, &pass, |known| known);
    assert!(codes(&far).contains(&"implausible"), "whoever lets it pass");
    let ahead = set("1-13");
    let lags = judged_with(
        &offer("Dragon Ball T03 à T13 FR"),
        &by_bnf,
        &plain,
        |known| Known {
            owned: &ahead,
            ..known
        },
    );
    assert!(
        !codes(&lags).contains(&"beyond_count"),
        "volume 13 is on the shelf: catalogues lag behind"
    );
}

#[test]
fn a_volume_of_which_only_a_file_says_that_it_exists_is_for_a_human() {
    let unconfirmed = set("8-9");
    let with = |title: &str, profile: &Profile| {
        decided(&judged_with(&offer(title), &series(), profile, |known| {
            Known {
                unconfirmed: &unconfirmed,
                ..known
            }
        }))
    };
    let plain = Profile::default();
    assert_eq!(with("Dragon Ball T03 FR", &plain), PASSES);
    assert_eq!(
        with("Dragon Ball T08 FR", &plain),
        review("unconfirmed_volume")
    );
    assert_eq!(
        with("Dragon Ball T07 à T09 FR", &plain),
        PASSES,
        "volume 7 is sure, and worth it"
    );
    let pass = Profile {
        unconfirmed_volume: Doubt::Pass,
        ..Profile::default()
    };
    assert_eq!(with("Dragon Ball T08 FR", &pass), PASSES);
}

#[test]
fn what_somebody_else_fetches_is_not_fetched_again() {
    let mut elsewhere = Elsewhere::default();
    elsewhere.add(Place::Client("qbittorrent".into()), set("3"));
    elsewhere.add(Place::Inbox("/downloads".into()), set("3,7"));
    elsewhere.add(Place::Inbox("/other".into()), set("1"));
    let verdict = |title: &str| {
        judged_with(&offer(title), &series(), &Profile::default(), |known| {
            Known {
                elsewhere: &elsewhere,
                ..known
            }
        })
    };
    assert_eq!(
        decided(&verdict("Dragon Ball T03 FR")),
        refused("elsewhere")
    );
    for (title, sentence) in [
        (
            "Dragon Ball T03 FR",
            "volume 3 is in the download client 'qbittorrent' and the inbox folder /downloads already, put there by somebody else",
        ),
        (
            "Dragon Ball T07 FR",
            "volume 7 is in the inbox folder /downloads already, put there by somebody else",
        ),
    ] {
        assert_eq!(verdict(title).reasons[0].1.to_string(), sentence);
    }
    assert_eq!(decided(&verdict("Dragon Ball T08 FR")), PASSES);
    assert_eq!(
        decided(&verdict("Dragon Ball T07 à T09 FR")),
        PASSES,
        "8 and 9 are not there"
    );
}

#[test]
fn what_is_blocked_stays_so_under_another_name() {
    let hash = "0123456789abcdef0123456789abcdef01234567";
    let reasons: HashMap<String, String> = [
        ("print".to_owned(), "you rejected it".to_owned()),
        (hash.to_owned(), "it was a fake".to_owned()),
        (
            same_release(&single().title, 77_000_000),
            "nothing of it came".to_owned(),
        ),
    ]
    .into();
    let with = |offer: &Offer| {
        judged_with(offer, &series(), &Profile::default(), |known| Known {
            blocked: &reasons,
            ..known
        })
    };
    let by_print = with(&Offer {
        fingerprint: "print".into(),
        ..single()
    });
    assert_eq!(decided(&by_print), refused("blocked"));
    assert_eq!(
        by_print.reasons[0].1.to_string(),
        "it is blocked: you rejected it"
    );
    let by_hash = with(&Offer {
        content: ContentId::parse(hash),
        ..single()
    });
    assert_eq!(decided(&by_hash), refused("blocked"));
    let sized = |size| Offer { size, ..single() };
    let by_name_and_size = with(&sized(Some(77_000_000)));
    assert_eq!(decided(&by_name_and_size), refused("blocked"));
    assert_eq!(decided(&with(&sized(Some(77_000_001)))), PASSES);
    assert_eq!(decided(&with(&single())), PASSES, "an unknown identity");
}

#[test]
fn packs_have_a_share_and_a_size() {
    let sized = |gigabytes: f64, profile: &Profile| {
        let offer = Offer {
            size: Some((gigabytes * 1e9) as u64),
            ..offer("Dragon Ball T07 à T09 FR")
        };
        codes(&judged_under(&offer, &series(), profile)).contains(&"pack_size")
    };
    let plain = Profile::default();
    assert!(!sized(10.0, &plain));
    assert!(sized(10.1, &plain));
    assert!(sized(
        1.1,
        &Profile {
            pack_gigabytes: 1.0,
            ..Profile::default()
        }
    ));
    let unknown = Offer {
        size: None,
        ..offer("Dragon Ball T07 à T09 FR")
    };
    assert_eq!(under(&plain, &unknown), PASSES);
    let half = Profile {
        pack_share: 50,
        ..Profile::default()
    };
    assert_eq!(
        under(&half, &offer("Dragon Ball T06 à T11 FR")),
        PASSES,
        "3 of 6 are 50 %"
    );
}

#[test]
fn what_is_damaged_is_replaced_only_by_a_human() {
    let damaged = set("3");
    let judged = |title: &str| {
        judged_with(&offer(title), &series(), &Profile::default(), |known| {
            Known {
                damaged: &damaged,
                ..known
            }
        })
    };
    let verdict = judged("Dragon Ball T03 FR");
    assert_eq!(verdict.decision, Decision::Review);
    assert_eq!(
        verdict.reasons[0].1.to_string(),
        "volume 3 is on the shelf in a file that no reader can show; approve it to have that replaced"
    );
    // What else it holds is missing.
    let verdict = judged("Dragon Ball T03-T07 FR");
    assert!(!codes(&verdict).contains(&"damaged"));
    // Nor does it make a pack worth fetching: 1 of 3 comes by itself.
    let damaged = set("7-8");
    let pack = offer("Dragon Ball T07-T09 FR");
    let verdict = judged_with(&pack, &series(), &Profile::default(), |known| Known {
        damaged: &damaged,
        ..known
    });
    assert!(verdict.is_in_part());
}

#[test]
fn what_may_be_there_is_sent_only_by_a_human() {
    let (damaged, doubtful) = (set("3"), set("7"));
    let judged = |title: &str| {
        judged_with(&offer(title), &series(), &Profile::default(), |known| {
            Known {
                damaged: &damaged,
                doubtful: &doubtful,
                ..known
            }
        })
    };
    let verdict = judged("Dragon Ball T07 FR");
    assert_eq!(verdict.decision, Decision::Review);
    assert_eq!(
        verdict.reasons[0].1.to_string(),
        "volume 7 is perhaps on the shelf: a file's name and its server say different numbers; correct one of them, or approve it to have another"
    );
    // Nothing of it comes by itself, for either reason.
    let both = judged("Dragon Ball T03-T07 FR");
    assert_eq!(both.decision, Decision::Review);
    assert!(codes(&both).contains(&"damaged") && codes(&both).contains(&"doubtful"));
    assert!(!codes(&judged("Dragon Ball T07-T09 FR")).contains(&"doubtful"));
}

#[test]
fn a_better_copy_of_what_is_owned_is_for_a_human_where_upgrades_are_wanted() {
    use Origin::{Fan, Official, Scan, Unknown};
    let copy = |origin, revision: Option<&str>, resolution| ShelfCopy {
        volumes: set("1"),
        origin,
        revision: revision.map(|number| number.parse().expect("a number")),
        resolution,
    };
    let wants = Profile {
        upgrades: true,
        ..Profile::default()
    };
    let judged = |profile: &Profile, copies: &[ShelfCopy], title: &str| {
        judged_with(&offer(title), &series(), profile, |known| Known {
            copies,
            ..known
        })
    };
    const BETTER: &str =
        "volume 1 is on the shelf, but it is an official release, the copy on the shelf is not";
    const STATED: &str = "volume 1 is on the shelf, but it is an official release, the copy on the shelf does not say so";
    const LATER: &str = "volume 1 is on the shelf, but it is a later revision";
    const LARGER: &str = "volume 1 is on the shelf, but it has more pixels";
    const OWNED: &str = "volume 1 is already on the shelf";
    for (origin, revision, pixels, title, sentence) in [
        // Its origin.
        (
            Scan,
            None,
            Some(1_200),
            "Dragon Ball T01 FR [Digital-1920]",
            BETTER,
        ),
        (
            Fan,
            None,
            None,
            "Dragon Ball T01 [eBook officiel] FR",
            BETTER,
        ),
        (
            Scan,
            Some("2"),
            None,
            "Dragon Ball T01 [eBook officiel] FR",
            BETTER,
        ),
        (
            Unknown,
            None,
            None,
            "Dragon Ball T01 FR [Digital-1920]",
            STATED,
        ),
        (
            Unknown,
            None,
            None,
            "Dragon Ball T01 v2 [eBook officiel] FR",
            STATED,
        ),
        (
            Official,
            None,
            None,
            "Dragon Ball T01 [eBook officiel] FR",
            OWNED,
        ),
        (Fan, None, None, "Dragon Ball T01 [Scan HD] FR", OWNED),
        // Its revision, from an origin that is no worse.
        (Unknown, None, None, "Dragon Ball T01 (v2) FR", LATER),
        (
            Unknown,
            None,
            None,
            "Dragon Ball T01 (v2) [Scan HD] FR",
            LATER,
        ),
        (Scan, None, None, "Dragon Ball T01 (v2) FR", LATER),
        (Fan, None, None, "Dragon Ball T01 (v2) [Scan HD] FR", LATER),
        (
            Official,
            Some("2"),
            None,
            "Dragon Ball T01 v3 [eBook officiel] FR",
            LATER,
        ),
        (Official, None, None, "Dragon Ball T01 (v2) FR", OWNED),
        (Unknown, Some("2"), None, "Dragon Ball T01 (v2) FR", OWNED),
        (Unknown, None, None, "Dragon Ball T01 (v1) FR", OWNED),
        // Its pixels.
        (
            Official,
            None,
            Some(1_200),
            "Dragon Ball T01 FR [Digital-1920]",
            LARGER,
        ),
        (
            Official,
            None,
            Some(1_600),
            "Dragon Ball T01 FR [Digital-1920]",
            OWNED,
        ),
        (Scan, None, None, "Dragon Ball T01 [Scan] FR", OWNED),
    ] {
        let copies = [copy(origin, revision, pixels)];
        let verdict = judged(&wants, &copies, title);
        let said = verdict.reasons.iter().map(|reason| reason.1.to_string());
        let said: Vec<String> = said.collect();
        let case = format!("{origin:?} {revision:?}: {title}: {said:?}");
        assert!(said.iter().any(|said| said == sentence), "{case}");
        let decision = match sentence {
            OWNED => Decision::Refused,
            _ => Decision::Review,
        };
        assert_eq!(verdict.decision, decision, "{case}");
        let unwanted = judged(&Profile::default(), &copies, title);
        assert!(codes(&unwanted).contains(&"already_owned"), "{case}");
    }
    let unseen = judged(&wants, &[], "Dragon Ball T01 (v2) FR");
    assert_eq!(decided(&unseen), refused("already_owned"));
}

#[test]
fn own_rules_refuse_review_or_weigh() {
    let rule = |field, test, values: &[&str], then| {
        CustomRule {
            name: "mine".into(),
            when: vec![Condition {
                field,
                test,
                values: values.iter().map(ToString::to_string).collect(),
            }],
            then,
        }
        .compile()
    };
    let says = |rule: Compiled, offer: &Offer| {
        let custom = [rule];
        let verdict = judged_with(offer, &series(), &Profile::default(), |known| Known {
            custom: &custom,
            ..known
        });
        (decided(&verdict), verdict.rank.figures()[0].1)
    };
    use Field as F;
    for (field, test, values, holds) in [
        (F::Name, Test::Matches, &["^dragon.*t0?3"][..], true),
        (F::Name, Test::Matches, &["naruto"], false),
        (F::Name, Test::MatchesNot, &["naruto"], true),
        (F::Series, Test::Is, &["dragon ball"], true),
        (F::Language, Test::Is, &["en", "FR"], true),
        (F::Language, Test::IsNot, &["fr"], false),
        (F::Format, Test::Is, &["cbz"], true),
        (F::Edition, Test::Is, &["standard"], true),
        (F::Indexer, Test::Is, &["indexer"], true),
        (F::Source, Test::IsNot, &["prowlarr"], false),
        (F::Megabytes, Test::Above, &["99.9"], true),
        (F::Megabytes, Test::Above, &["100"], false),
        (F::MegabytesPerVolume, Test::Below, &["101"], true),
        (F::Seeders, Test::Below, &["6"], true),
        (F::Volumes, Test::Is, &["1.0"], true),
        (F::Volumes, Test::IsNot, &["1", "2"], false),
        (F::Volume, Test::Is, &["1-2", "3"], true),
        (F::Volume, Test::IsNot, &["1-2,4"], true),
        (F::Volume, Test::Above, &["2.5"], true),
        (F::Volume, Test::Below, &["3"], false),
        (F::Chapter, Test::IsUnknown, &[], true),
        (F::Category, Test::Is, &["7030"], true),
        (F::Category, Test::Is, &["3000", "7000"], true),
        (F::Category, Test::IsNot, &["7020"], true),
        (F::Marked, Test::Is, &["true"], true),
        (F::Extras, Test::IsNot, &["false"], false),
        (F::Pack, Test::Is, &["false"], true),
        (F::Confidence, Test::Above, &["50"], true),
        // Nothing but "is unknown" holds of what is not known.
        (F::Group, Test::IsNot, &["papa"], false),
        (F::Group, Test::MatchesNot, &["papa"], false),
        (F::Group, Test::IsUnknown, &[], true),
        (F::Group, Test::IsKnown, &[], false),
        (F::Year, Test::Above, &["1"], false),
        (F::AgeDays, Test::Below, &["1000"], false),
        (F::Origin, Test::Is, &["fan"], false),
    ] {
        let refuse = says(rule(field, test, values, Then::Refuse), &single()).0;
        let expected = if holds {
            refused("custom_rule")
        } else {
            PASSES
        };
        assert_eq!(refuse, expected, "{field:?} {test:?} {values:?}");
        let weight = says(rule(field, test, values, Then::Weight(-7)), &single());
        assert_eq!(weight, (PASSES, if holds { -7 } else { 0 }));
    }
    let asks = says(rule(F::Format, Test::Is, &["cbz"], Then::Review), &single()).0;
    assert_eq!(asks, review("custom_rule"));
    for (name, field, test, values) in [
        (
            "Dragon Ball T03 v2 FR",
            F::Revision,
            Test::Above,
            &["1"][..],
        ),
        ("Dragon Ball T03/42 FR", F::Count, Test::Is, &["42"]),
        ("Dragon Ball T07 à T09 FR", F::Volume, Test::Above, &["8"]),
        ("Dragon Ball T07 à T09 FR", F::Volume, Test::Below, &["7.5"]),
        (
            "Dragon Ball T07 à T09 + HS FR",
            F::Extras,
            Test::Is,
            &["true"],
        ),
        ("Dragon Ball 03 FR", F::Marked, Test::Is, &["false"]),
        ("Dragon Ball Ch. 12 à 20 FR", F::Chapter, Test::Is, &["20"]),
        (
            "Doragon Boru | Dragon Ball T03 FR",
            F::OtherTitle,
            Test::Is,
            &["dragon ball"],
        ),
    ] {
        let reasons = says(rule(field, test, values, Then::Refuse), &offer(name))
            .0
            .1;
        assert!(
            reasons.contains(&"custom_rule"),
            "{name} {field:?} {reasons:?}"
        );
    }
}

#[test]
fn a_broken_rule_refuses_with_its_error() {
    use Field as F;
    for (field, test, values, error) in [
        (
            F::Name,
            Test::Matches,
            &["("][..],
            "name: '(' is no regular expression: unclosed group",
        ),
        (
            F::Name,
            Test::Matches,
            &["(a{1000}){1000}"],
            "name: '(a{1000}){1000}' is no regular expression: Compiled regex exceeds size limit of 1048576 bytes.",
        ),
        (
            F::Name,
            Test::Matches,
            &[""],
            "name: an empty pattern is found in everything",
        ),
        (F::Name, Test::Is, &[], "name: is needs a value"),
        (F::Group, Test::Is, &["a", " "], "group: a value is empty"),
        (
            F::Format,
            Test::Above,
            &["1"],
            "format: it is not compared by above; there are: is, isNot, matches, matchesNot, isKnown, isUnknown",
        ),
        (
            F::Volumes,
            Test::Matches,
            &["1"],
            "volumes: it is not compared by matches; there are: is, isNot, above, below, isKnown, isUnknown",
        ),
        (
            F::Pack,
            Test::IsUnknown,
            &[],
            "pack: it is not compared by isUnknown; there are: is, isNot",
        ),
        (
            F::Origin,
            Test::Is,
            &["scan", "offical"],
            "origin: 'offical' is none of: official, scan, fan",
        ),
        (
            F::Language,
            Test::Is,
            &["french"],
            "language: 'french' is no language of two letters (ISO 639-1): write fr",
        ),
        (
            F::Language,
            Test::IsNot,
            &["klingon"],
            "language: 'klingon' is no language of two letters (ISO 639-1): write fr, en or ja",
        ),
        (
            F::Edition,
            Test::Is,
            &["luxe"],
            "edition: 'luxe' is not an edition: write standard, perfect, deluxe, double, omnibus (or omnibus:3 for three in one), colour, collector, original, new, colossal, ultimate, integrale, kanzenban, star or other",
        ),
        (
            F::Pack,
            Test::Is,
            &["yes"],
            "pack: 'yes' is none of: true, false",
        ),
        (
            F::Category,
            Test::Is,
            &["books"],
            "category: 'books' is no Newznab category: write a number such as 7030, or 7000 for 7000 to 7999",
        ),
        (
            F::Megabytes,
            Test::Is,
            &["abc"],
            "megabytes: 'abc' is no number of 0 or more, such as 3 or 1.5",
        ),
        (
            F::Seeders,
            Test::Below,
            &["-1"],
            "seeders: '-1' is no number of 0 or more, such as 3 or 1.5",
        ),
        (
            F::Volumes,
            Test::Is,
            &["3-5"],
            "volumes: '3-5' is no number of 0 or more, such as 3 or 1.5; volumes says how many it holds, volume which",
        ),
        (
            F::Volume,
            Test::Is,
            &["5-3"],
            "volume: '5-3' is no number or range of them, such as 3, 10.5 or 1-12",
        ),
        (F::Seeders, Test::Above, &[], "seeders: above needs a value"),
        (
            F::Seeders,
            Test::Above,
            &["1", "2"],
            "seeders: above takes one number",
        ),
        (
            F::Group,
            Test::IsUnknown,
            &["papa"],
            "group: isUnknown takes no values",
        ),
    ] {
        let rule = CustomRule {
            name: "mine".into(),
            when: vec![Condition {
                field,
                test,
                values: values.iter().map(ToString::to_string).collect(),
            }],
            then: Then::Weight(1),
        };
        let compiled = [rule.compile()];
        assert_eq!(compiled[0].error(), Some(error));
        let verdict = judged_with(&single(), &series(), &Profile::default(), |known| Known {
            custom: &compiled,
            ..known
        });
        assert_eq!(decided(&verdict), refused("broken_rule"));
        assert!(verdict.reasons[0].1.to_string().contains(error));
    }
    let without = CustomRule {
        name: "mine".into(),
        when: Vec::new(),
        then: Then::Refuse,
    };
    assert_eq!(
        without.compile().error(),
        Some("it needs 1 to 20 conditions")
    );
}

#[test]
fn every_rule_has_its_own_name() {
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.0).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
}
