//! Whom the user trusts, and titles that the user says are another series': what it settles, what it does not, and what is unknown.

use super::*;

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn by_group() -> Profile {
    Profile {
        trusted_groups: words(&["papa"]),
        ..Profile::default()
    }
}

fn by_indexer() -> Profile {
    Profile {
        trusted_indexers: words(&["Indexer"]),
        ..Profile::default()
    }
}

/// One offer for each doubt, made by the group Papa.
fn doubtful(code: &str) -> Offer {
    let plain = offer("Dragon Ball T03 [CBZ] FR [Papa]");
    match code {
        "unmarked_number" => offer("Dragon Ball 03 [CBZ] FR [Papa]"),
        "fan_translation" => offer("Dragon Ball T03 [Fan Translation] [CBZ] FR [Papa]"),
        "unknown_language" => Offer {
            language: None,
            ..offer("Dragon Ball T03 [CBZ] [Papa]")
        },
        "unusual_size" => Offer {
            size: Some(30_000_000),
            ..plain
        },
        other => panic!("no offer for {other}"),
    }
}

#[test]
fn trust_settles_each_of_its_doubts_and_only_as_far_as_a_human_would_look() {
    for code in SETTLED_BY_TRUST {
        let offer = doubtful(code);
        let under = |profile: &Profile| judged_under(&offer, &series(), profile);
        let plain = under(&Profile::default());
        assert_eq!(
            (plain.decision, codes(&plain)),
            (Decision::Review, vec![code])
        );
        for profile in [by_group(), by_indexer()] {
            let trusted = under(&profile);
            assert_eq!(
                trusted.decision,
                Decision::Accepted,
                "{code}: {:?}",
                trusted.reasons
            );
            let strict = Profile {
                unmarked_number: Doubt::Refuse,
                fan_translations: Doubt::Refuse,
                unknown_language: Doubt::Refuse,
                unusual_size: Doubt::Refuse,
                ..profile
            };
            assert_eq!(under(&strict).decision, Decision::Refused, "{code}");
        }
    }
}

#[test]
fn trust_settles_nothing_else() {
    let sized = |megabytes: u64| Offer {
        size: Some(megabytes * 1_000_000),
        ..offer("Dragon Ball T03 [CBZ] FR [Papa]")
    };
    for (offer, decision, code) in [
        (
            offer("DragonBall T03 [CBZ] FR [Papa]"),
            Decision::Review,
            "weak_title",
        ),
        (
            offer("Dragon Ball [CBZ] FR [Papa]"),
            Decision::Review,
            "no_volume",
        ),
        (sized(19), Decision::Review, "too_small"),
        (sized(401), Decision::Review, "too_big"),
        (sized(9), Decision::Refused, "too_small"),
        (
            offer("Dragon Ball T03 [CBZ] [English] [Papa]"),
            Decision::Refused,
            "wrong_language",
        ),
        (
            offer("Dragon Ball Super T03 [CBZ] FR [Papa]"),
            Decision::Refused,
            "wrong_series",
        ),
    ] {
        let profile = Profile {
            trusted_indexers: words(&["indexer"]),
            ..by_group()
        };
        let verdict = judged_under(&offer, &series(), &profile);
        assert_eq!(verdict.decision, decision, "{}", offer.title);
        assert_eq!(codes(&verdict), [code], "{}", offer.title);
    }
}

#[test]
fn goes_to_review_when_the_group_is_unknown_or_another_one() {
    for title in [
        "Dragon Ball 03 [CBZ] FR",
        "Dragon Ball 03 [CBZ] FR [Paprika]",
    ] {
        let verdict = judged_under(&offer(title), &series(), &by_group());
        assert_eq!(verdict.decision, Decision::Review, "{title}");
    }
    let elsewhere = Offer {
        indexer: "indexer 2".into(),
        ..doubtful("unmarked_number")
    };
    let verdict = judged_under(&elsewhere, &series(), &by_indexer());
    assert_eq!(codes(&verdict), ["unmarked_number"]);
}

#[test]
fn who_is_refused_is_refused_however_much_trusted() {
    let profile = Profile {
        refused_groups: words(&["Papa"]),
        ..by_group()
    };
    let verdict = judged_under(&doubtful("unmarked_number"), &series(), &profile);
    assert_eq!(codes(&verdict), ["refused_group"]);
}

#[test]
fn a_title_that_the_user_says_is_another_series_is_refused() {
    use Decision::{Accepted, Refused, Review};
    let series = Series {
        not_aliases: words(&["Dragonball"]),
        ..series()
    };
    for (title, decision) in [
        ("DragonBall T03 [CBZ] FR", Refused),
        ("DRAGONBALL T03", Refused),
        // It says that both are the same.
        ("DragonBall | Dragon Ball T03 [CBZ]", Refused),
        ("Dragon Ball T03 [CBZ] FR", Accepted),
        // Only like the other title: it may be either.
        ("Dragon Balls T03 [CBZ] FR", Review),
        ("T03 [CBZ] FR", Review),
    ] {
        let verdict = judged_for(&offer(title), &series);
        assert_eq!(verdict.decision, decision, "{title}: {:?}", verdict.reasons);
        if decision == Refused {
            let (_, reason) = &verdict.reasons[0];
            assert_eq!(reason.code(), "wrong_series", "{title}");
            assert!(reason.to_string().contains("notAliases"), "{reason}");
        }
    }
}

#[test]
fn a_title_cannot_be_the_series_and_another_one() {
    for name in ["dragon ball", "Doragon Bôru"] {
        let series = Series {
            not_aliases: words(&[name]),
            ..series()
        };
        let fields: Vec<&str> = series.mistakes().iter().map(|mistake| mistake.0).collect();
        assert_eq!(fields, ["notAliases"], "{name}");
    }
}
