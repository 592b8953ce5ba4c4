//! Stage 6: the fewest, best offers that cover the wants. Pure.

use super::volume::VolumeSet;

/// What the planner has to know of an accepted offer.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The wanted volumes that it holds.
    pub useful: VolumeSet,
}

/// An offer to be sent, and what it is sent for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Index of the choice.
    pub choice: usize,
    /// The wants that it reserves; no two picks share one.
    pub reserves: VolumeSet,
}

/// `choices` in the order of their rank, best first. A pack wins where it covers more of what is still open.
pub fn pick(wanted: &VolumeSet, choices: &[Choice]) -> Vec<Pick> {
    let mut open: VolumeSet = wanted.clone();
    let mut picks = Vec::new();
    while !open.is_empty() {
        let covers = |choice: &Choice| {
            choice
                .useful
                .iter()
                .filter(|volume| open.contains(*volume))
                .count()
        };
        // Most covered first; the rank decides among equals, so the first of them is kept.
        let best = choices
            .iter()
            .enumerate()
            .map(|(index, choice)| (index, covers(choice)))
            .fold(None, |best: Option<(usize, usize)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            });
        let Some((index, covered)) = best.filter(|best| best.1 > 0) else {
            break;
        };
        let reserves: VolumeSet = choices[index]
            .useful
            .iter()
            .filter(|volume| open.contains(*volume))
            .collect();
        debug_assert_eq!(reserves.len(), covered);
        open = open
            .iter()
            .filter(|volume| !reserves.contains(*volume))
            .collect();
        picks.push(Pick {
            choice: index,
            reserves,
        });
    }
    picks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picks(wanted: &str, choices: &[&str]) -> Vec<(usize, String)> {
        let wanted: VolumeSet = wanted.parse().expect("a set");
        let choices: Vec<Choice> = choices
            .iter()
            .map(|text| {
                let carries: VolumeSet = text.parse().expect("a set");
                Choice {
                    useful: carries
                        .iter()
                        .filter(|volume| wanted.contains(*volume))
                        .collect(),
                }
            })
            .collect();
        pick(&wanted, &choices)
            .into_iter()
            .map(|pick| (pick.choice, pick.reserves.to_string()))
            .collect()
    }

    #[test]
    fn the_best_single_is_picked_once_per_volume() {
        assert_eq!(picks("3", &["3", "3"]), [(0, "3".to_owned())]);
        assert_eq!(
            picks("3,5", &["5", "3", "3"]),
            [(0, "5".to_owned()), (1, "3".to_owned())]
        );
    }

    #[test]
    fn a_pack_is_picked_where_it_covers_more() {
        assert_eq!(
            picks("3-6", &["3", "3-5", "6"]),
            [(1, "3-5".to_owned()), (2, "6".to_owned())]
        );
        assert_eq!(
            picks("3-6", &["1-4", "4-6"]),
            [(1, "4-6".to_owned()), (0, "3".to_owned())]
        );
    }

    #[test]
    fn nothing_is_picked_for_what_no_one_offers() {
        assert_eq!(picks("3", &["4"]), []);
        assert_eq!(picks("", &["4"]), []);
    }
}
