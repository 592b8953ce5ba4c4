use super::*;

const NOW: i64 = 1_700_000_000_000;
const PATIENCE: Patience = Patience {
    metadata: 6 * HOUR,
    bytes: 48 * HOUR,
    doubts_client: true,
};

fn sight(doing: Doing, done_bytes: i64) -> Sight {
    Sight { doing, done_bytes }
}

/// Looks every minute; what was known and observed at the end.
fn looks(sights: &[Option<Sight>], connected: bool) -> (Track, Option<Observation>) {
    let mut last = (Track::default(), None);
    for (at, sight) in sights.iter().enumerate() {
        let now = NOW + at as i64 * MINUTE;
        last = follow(&last.0, sight.as_ref(), connected, now);
    }
    last
}

#[test]
fn what_a_client_shows_becomes_an_observation() {
    use Doing as D;
    use Observation as O;
    type Case<'a> = (&'a str, &'a [Option<Sight>], Option<Observation>);
    let cases: &[Case] = &[
        ("waits", &[Some(sight(D::Waiting, 0))], None),
        ("looks for metadata", &[Some(sight(D::Metadata, 0))], None),
        (
            "only the metadata came",
            &[Some(sight(D::Metadata, 0)), Some(sight(D::Loading, 0))],
            None,
        ),
        (
            "bytes came",
            &[Some(sight(D::Loading, 0)), Some(sight(D::Loading, 9))],
            Some(O::Moving),
        ),
        (
            "nothing of it came",
            &[Some(sight(D::Loading, 0)), Some(sight(D::Loading, 0))],
            None,
        ),
        (
            "complete",
            &[Some(sight(D::Complete, 9))],
            Some(O::Complete),
        ),
        (
            "being checked again",
            &[Some(sight(D::Complete, 9)), Some(sight(D::Waiting, 3))],
            None,
        ),
        (
            "incomplete again",
            &[Some(sight(D::Complete, 9)), Some(sight(D::Loading, 3))],
            Some(O::Moving),
        ),
        ("not listed once", &[Some(sight(D::Loading, 1)), None], None),
        (
            "not listed twice",
            &[Some(sight(D::Loading, 1)), None, None],
            Some(O::ClientLacksIt),
        ),
        (
            "not listed, listed, not listed",
            &[None, Some(sight(D::Loading, 0)), None],
            None,
        ),
        ("files gone once", &[Some(sight(D::FilesGone, 0))], None),
        (
            "files gone twice",
            &[Some(sight(D::FilesGone, 0)); 2],
            Some(O::FilesGone),
        ),
    ];
    for (what, sights, expected) in cases {
        assert_eq!(looks(sights, true).1, *expected, "{what}");
    }
}

#[test]
fn the_clock_runs_only_while_it_could_move_and_did_not() {
    use Doing as D;
    let still = Some(sight(D::Loading, 5));
    assert_eq!(looks(&[still; 4], true).0.idle, 3 * MINUTE);
    assert_eq!(looks(&[still; 4], false).0.idle, 0, "not connected");
    let waiting = Some(sight(D::Waiting, 5));
    assert_eq!(
        looks(&[still, still, waiting, still, still], true).0.idle,
        2 * MINUTE,
        "paused for a while"
    );
    let moved = Some(sight(D::Loading, 6));
    assert_eq!(looks(&[still, still, moved, moved], true).0.idle, MINUTE);
    assert_eq!(
        looks(&[still, still, None, still, still], true).0.idle,
        3 * MINUTE,
        "a look that missed it counts no time twice"
    );
}

#[test]
fn the_time_in_which_no_one_looked_does_not_count() {
    let first = follow(
        &Track::default(),
        Some(&sight(Doing::Loading, 5)),
        true,
        NOW,
    )
    .0;
    let days = NOW + 5 * 24 * HOUR;
    let next = follow(&first, Some(&sight(Doing::Loading, 5)), true, days).0;
    assert_eq!(next.idle, LONGEST_LOOK);
    let back = follow(&next, Some(&sight(Doing::Loading, 5)), true, NOW).0;
    assert_eq!(back.idle, LONGEST_LOOK, "a clock that was put back");
}

fn idle(doing: Doing, hours: i64) -> Track {
    Track {
        doing,
        idle: hours * HOUR,
        ..Track::default()
    }
}

#[test]
fn patience_ends_at_its_bound_and_zero_is_for_ever() {
    let just = |doing, hours| PATIENCE.is_over(&idle(doing, hours));
    assert!(!just(Doing::Metadata, 5) && just(Doing::Metadata, 6));
    assert!(!just(Doing::Loading, 47) && just(Doing::Loading, 48));
    assert!(!just(Doing::Waiting, 500) && !just(Doing::Complete, 500));
    let never = Patience {
        metadata: 0,
        bytes: 0,
        doubts_client: true,
    };
    assert!(!never.is_over(&idle(Doing::Loading, 9_999)));
}

#[test]
fn when_most_are_stuck_together_it_is_the_client() {
    let (dead, alive) = (idle(Doing::Loading, 48), idle(Doing::Loading, 1));
    let of = |tracks: &[Track], last_moved| stuck(tracks, last_moved, &PATIENCE, NOW);
    assert_eq!(of(&[alive, alive], None), Stuck::None);
    assert_eq!(of(&[dead], None), Stuck::Releases(vec![0]), "alone");
    assert_eq!(
        of(&[alive, dead, alive], None),
        Stuck::Releases(vec![1]),
        "the others are not"
    );
    assert_eq!(
        of(&[dead, dead, alive], None),
        Stuck::Client {
            grabs: 2,
            hours: 48
        }
    );
    assert_eq!(
        of(&[dead, dead, alive], Some(NOW - HOUR)),
        Stuck::Releases(vec![0, 1]),
        "something came an hour ago, so the client works"
    );
    assert_eq!(
        of(&[dead, dead, alive], Some(NOW - 30 * HOUR)),
        Stuck::Client {
            grabs: 2,
            hours: 48
        }
    );
    let waiting = idle(Doing::Waiting, 0);
    assert_eq!(
        of(&[dead, dead, waiting, waiting, waiting], None),
        Stuck::Client {
            grabs: 2,
            hours: 48
        },
        "what cannot move says nothing"
    );
    let trusted = Patience {
        doubts_client: false,
        ..PATIENCE
    };
    assert_eq!(
        stuck(&[dead, dead], None, &trusted, NOW),
        Stuck::Releases(vec![0, 1]),
        "a client that says itself whether it reaches anyone"
    );
}
