//! Cases as people meet them, and what holds for every plan.

use proptest::prelude::*;

use super::*;

/// `"3-5"`, or with what is known about bytes: `"1-10 of 500"` has 500 bytes in all. A volume is 50 bytes unless told.
fn choice(wanted: &VolumeSet, text: &str) -> Choice {
    let (volumes, bytes) = match text.split_once(" of ") {
        Some((volumes, bytes)) => (volumes, Some(bytes.parse().expect("bytes"))),
        None => (text, None),
    };
    let volumes: VolumeSet = volumes.parse().expect("a set");
    let bytes = bytes.unwrap_or(50 * volumes.len() as u64);
    made(wanted, &volumes, bytes / volumes.len() as u64)
}

fn made(wanted: &VolumeSet, volumes: &VolumeSet, average: u64) -> Choice {
    let useful: VolumeSet = volumes
        .iter()
        .filter(|volume| wanted.contains(*volume))
        .collect();
    Choice {
        useless_bytes: average * (volumes.len() - useful.len()) as u64,
        bytes: average * volumes.len() as u64,
        carries: volumes.len(),
        useful,
    }
}

fn indices(picks: &[Pick]) -> Vec<usize> {
    picks.iter().map(|pick| pick.choice).collect()
}

/// `"1:4-6 0:3"`: the choices, and what each reserves.
fn picks(wanted: &str, offers: &[&str]) -> String {
    let wanted: VolumeSet = wanted.parse().expect("a set");
    let choices: Vec<Choice> = offers.iter().map(|text| choice(&wanted, text)).collect();
    let picks = pick(&wanted, &choices);
    let lines = picks
        .iter()
        .map(|pick| format!("{}:{}", pick.choice, pick.reserves));
    lines.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_cheapest_plan_is_picked() {
    for (why, wanted, offers, expected) in [
        (
            "a single, the better ranked of two",
            "3",
            &["3", "3"][..],
            "0:3",
        ),
        ("one single per volume", "3,5", &["5", "3", "3"], "0:5 1:3"),
        ("a one-shot", "1", &["1"], "0:1"),
        ("nothing is wanted", "", &["4"], ""),
        ("nothing is offered", "3", &[], ""),
        ("nobody has what is wanted", "3", &["4"], ""),
        ("nobody has one of them", "3,99", &["4", "3"], "1:3"),
        (
            "a pack of which all is wanted saves picks",
            "1-3",
            &["1", "2", "3", "1-3"],
            "3:1-3",
        ),
        (
            "the complete run is one pick",
            "1-12",
            &["1-6", "7-12", "1-12"],
            "2:1-12",
        ),
        (
            "owned volumes are not fetched again",
            "3,5,9",
            &["1-10", "3", "5", "9"],
            "1:3 2:5 3:9",
        ),
        (
            "one pack when a single is missing: singles would not spare it",
            "3,5,9",
            &["1-10", "3", "5"],
            "0:3,5,9",
        ),
        (
            "a single beside the pack would be fetched twice",
            "1-3",
            &["2", "1-3"],
            "1:1-3",
        ),
        (
            "two packs that share nothing before two that do",
            "1-6",
            &["1-4", "3-6", "1-3", "4-6"],
            "2:1-3 3:4-6",
        ),
        (
            "what two packs share is reserved by the better ranked",
            "1-6",
            &["3-6", "1-4"],
            "0:3-6 1:1-2",
        ),
        (
            "singles before a shared volume",
            "1-6",
            &["1-4", "3-6", "5", "6"],
            "0:1-4 2:5 3:6",
        ),
        (
            "the smaller pack is the better repeat",
            "1-6",
            &["1-4 of 400", "3-6 of 400", "3-6 of 40"],
            "0:1-4 2:5-6",
        ),
        (
            "useless bytes count, not useless volumes",
            "1,2",
            &["1-4 of 40", "1-3 of 300"],
            "0:1-2",
        ),
        (
            "fewer useless bytes before fewer picks",
            "1,2",
            &["1-3 of 3", "1", "2"],
            "1:1 2:2",
        ),
        (
            "the rank decides among equals",
            "1-4",
            &["1-2", "1-2", "3-4", "1-3", "4"],
            "0:1-2 2:3-4",
        ),
        (
            "the best ranked pick first, then the next",
            "1-4",
            &["4", "1-2", "1-3", "3-4"],
            "0:4 2:1-3",
        ),
        (
            "the greedy plan needs three",
            "1-6",
            &["2-5", "1-3", "4-6"],
            "1:1-3 2:4-6",
        ),
        (
            "decimals are volumes of their own",
            "10,10.5,11",
            &["10-11", "10.5", "10-11,10.5"],
            "2:10-11,10.5",
        ),
        (
            "a decimal that is not in the pack",
            "10,10.5,11",
            &["10-11", "10.5"],
            "0:10-11 1:10.5",
        ),
        ("volume 0 is a volume", "0-2", &["1-2", "0"], "0:1-2 1:0"),
        (
            "sizes may be unknown",
            "1-3",
            &["2 of 0", "1-3 of 0"],
            "1:1-3",
        ),
    ] {
        assert_eq!(picks(wanted, offers), expected, "{why}");
    }
}

#[test]
fn what_nobody_asked_for_is_not_reserved() {
    let one: VolumeSet = "1-9".parse().expect("a set");
    let choice = Choice {
        useful: one,
        useless_bytes: 0,
        bytes: 0,
        carries: 0,
    };
    let wanted = "3-4,12".parse().expect("a set");
    let picks = pick(&wanted, &[choice]);
    assert_eq!(picks[0].reserves.to_string(), "3-4");
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let wanted = VolumeSet::range(1, 3);
    let choices = ["1-2", "2-3", "1-3"].map(|volumes| Choice {
        useful: volumes.parse().expect("a set"),
        useless_bytes: u64::MAX,
        bytes: u64::MAX,
        carries: 1,
    });
    assert_eq!(indices(&pick(&wanted, &choices)), [2]);
    assert_eq!(indices(&pick(&wanted, &choices[..2])), [0, 1]);
}

#[test]
fn a_cost_names_what_is_wasted() {
    let wanted: VolumeSet = "1-5,9".parse().expect("a set");
    let choices = ["1-3 of 300", "3-4 of 20", "5-6 of 14"].map(|text| choice(&wanted, text));
    let expected = Cost {
        uncovered: 1,
        wasted_bytes: 10 + 7,
        picks: 3,
        ranks: vec![0, 1, 2],
    };
    assert_eq!(cost(&wanted, &choices, &[2, 0, 1]), expected);
}

#[test]
fn a_long_chain_fits_a_small_stack() {
    let wanted = VolumeSet::range(1, 1_000);
    let pair = |first| {
        made(
            &wanted,
            &VolumeSet::range(first, first + 1),
            30 + u64::from(first * 31 % 60),
        )
    };
    let choices: Vec<Choice> = (1..1_000).map(pair).collect();
    let plan = move || pick(&wanted, &choices).len();
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(plan);
    assert_eq!(thread.expect("a thread").join().expect("no overflow"), 500);
}

/// Picks by the most open wants, then by rank.
fn greedy(wanted: &VolumeSet, choices: &[Choice]) -> Vec<usize> {
    let mut open: BTreeSet<VolumeNumber> = wanted.iter().collect();
    let mut picks = Vec::new();
    loop {
        let covers = |index: &usize| {
            let useful = choices[*index].useful.iter();
            useful.filter(|volume| open.contains(volume)).count()
        };
        let best = (0..choices.len()).min_by_key(|index| std::cmp::Reverse(covers(index)));
        let Some(index) = best.filter(|index| covers(index) > 0) else {
            return picks;
        };
        for volume in choices[index].useful.iter() {
            open.remove(&volume);
        }
        picks.push(index);
    }
}

fn brute_force(wanted: &VolumeSet, choices: &[Choice]) -> Cost {
    let plans = (0..1_u32 << choices.len()).map(|plan| {
        let picks: Vec<usize> = (0..choices.len())
            .filter(|index| plan >> index & 1 == 1)
            .collect();
        cost(wanted, choices, &picks)
    });
    plans.min().expect("the empty plan is one")
}

/// Volumes as a pack has them or as a person throws them together, a decimal now and then; sizes that are often the same.
fn any_choice(highest: u32) -> impl Strategy<Value = (VolumeSet, u64)> {
    let run =
        (1..=highest, 0..8_u32).prop_map(|(first, more)| VolumeSet::range(first, first + more));
    let loose = proptest::collection::vec(1..=highest * 2, 1..6).prop_map(|halves| {
        let volumes = halves.into_iter();
        volumes
            .filter_map(|half| VolumeNumber::from_hundredths(i64::from(half) * 50))
            .collect()
    });
    (
        prop_oneof![3 => run, 1 => loose],
        prop_oneof![Just(10_u64), 0..30_u64],
    )
}

fn any_instance(highest: u32, most: usize) -> impl Strategy<Value = (VolumeSet, Vec<Choice>)> {
    let wanted = proptest::collection::vec(any::<bool>(), highest as usize * 2);
    let choices = proptest::collection::vec(any_choice(highest), 0..=most);
    (wanted, choices).prop_map(|(wanted, choices)| {
        let wanted: VolumeSet = (1_i64..)
            .zip(wanted)
            .filter(|(half, wanted)| *wanted || half % 2 == 0 && half % 3 > 0)
            .filter_map(|(half, _)| VolumeNumber::from_hundredths(half * 50))
            .collect();
        let choices = choices
            .iter()
            .map(|(volumes, average)| made(&wanted, volumes, *average))
            .collect();
        (wanted, choices)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn small_plans_are_the_cheapest_of_all((wanted, choices) in any_instance(8, 8)) {
        let picks = indices(&pick(&wanted, &choices));
        prop_assert_eq!(cost(&wanted, &choices, &picks), brute_force(&wanted, &choices));
    }

    #[test]
    fn the_order_of_choices_decides_only_among_equals(
        ((wanted, choices), order) in any_instance(8, 8)
            .prop_flat_map(|(wanted, choices)| {
                let order = Just((0..choices.len()).collect::<Vec<_>>()).prop_shuffle();
                (Just((wanted, choices)), order)
            }),
    ) {
        let shuffled: Vec<Choice> = order.iter().map(|&index| choices[index].clone()).collect();
        let one = cost(&wanted, &choices, &indices(&pick(&wanted, &choices)));
        let other = cost(&wanted, &shuffled, &indices(&pick(&wanted, &shuffled)));
        prop_assert_eq!(Cost { ranks: vec![], ..one }, Cost { ranks: vec![], ..other });
    }

    #[test]
    fn a_worse_ranked_repeat_changes_nothing((wanted, choices) in any_instance(20, 30)) {
        let twice = [choices.clone(), choices.clone()].concat();
        prop_assert_eq!(pick(&wanted, &choices), pick(&wanted, &twice));
    }

    #[test]
    fn plans_are_no_worse_than_the_greedy_one((wanted, choices) in any_instance(40, 60)) {
        let picks = indices(&pick(&wanted, &choices));
        let greedy = greedy(&wanted, &choices);
        prop_assert!(cost(&wanted, &choices, &picks) <= cost(&wanted, &choices, &greedy));
    }

    #[test]
    fn reserves_are_all_that_can_be_covered_each_once((wanted, choices) in any_instance(40, 60)) {
        let picks = pick(&wanted, &choices);
        let mut reserved = VolumeSet::default();
        for pick in &picks {
            prop_assert!(!pick.reserves.is_empty());
            for volume in pick.reserves.iter() {
                prop_assert!(!reserved.contains(volume), "{} twice", volume);
                prop_assert!(wanted.contains(volume) && choices[pick.choice].useful.contains(volume));
                reserved.insert(volume);
            }
        }
        let offered = |volume: &VolumeNumber| choices.iter().any(|choice| choice.useful.contains(*volume));
        let coverable: VolumeSet = wanted.iter().filter(offered).collect();
        prop_assert_eq!(reserved, coverable);
        prop_assert!(picks.is_sorted_by_key(|pick| pick.choice));
        prop_assert_eq!(&picks, &pick(&wanted, &choices), "the same answer every time");
    }
}
