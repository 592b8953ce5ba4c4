//! How fast picks are planned: `cargo bench --bench plan`. Prints figures of one core; asserts nothing.
//!
//! 200 wants and 2,000 choices in several shapes. Every figure is the best of 5 rounds: the machine may have other work.

use std::time::{Duration, Instant};

use lacunarr::domain::{
    pick::{Choice, cost, pick},
    units::MEGABYTE,
    volume::{VolumeNumber, VolumeSet},
};

const WANTS: u32 = 200;
const CHOICES: u32 = 2_000;

fn main() {
    let wanted = VolumeSet::range(1, WANTS);
    let some: VolumeSet = (1..=WANTS)
        .filter(|n| n % 7 < 4)
        .filter_map(VolumeNumber::whole)
        .collect();
    let mut dice = Dice(7);
    let singles = |n| run(n % WANTS + 1, n % WANTS + 1, 50 * MEGABYTE);
    show("singles", &wanted, made(singles));
    let packs = |n| run(n % WANTS + 1, n % WANTS + 10, 50 * MEGABYTE);
    show("packs of ten, all alike", &wanted, made(packs));
    show(
        "any packs",
        &wanted,
        made(|_| any_run(&mut dice, WANTS, 50)),
    );
    show(
        "any packs, sizes differ",
        &wanted,
        made(|_| {
            let megabytes = 30 + dice.below(60);
            any_run(&mut dice, WANTS, megabytes)
        }),
    );
    show(
        "short packs, sizes differ",
        &wanted,
        made(|_| {
            let megabytes = 30 + dice.below(60);
            any_run(&mut dice, 12, megabytes)
        }),
    );
    show(
        "as shelves are: singles, packs, an intégrale; four of seven wanted",
        &some,
        made(|n| match n % 10 {
            0 if n < 50 => run(1, WANTS, (40 + u64::from(n)) * MEGABYTE),
            0..=3 => any_run(&mut dice, 20, 45 + u64::from(n % 9)),
            _ => singles(dice.below(WANTS.into()) as u32),
        }),
    );
    show(
        "chain: each shares a volume with the next",
        &wanted,
        made(|n| {
            let megabytes = 30 + dice.below(60);
            run(
                n % (WANTS - 1) + 1,
                n % (WANTS - 1) + 2,
                megabytes * MEGABYTE,
            )
        }),
    );
    show(
        "any three volumes",
        &wanted,
        made(|_| any_volumes(&mut dice, 3)),
    );
    show(
        "any ten volumes",
        &wanted,
        made(|_| any_volumes(&mut dice, 10)),
    );
    show(
        "any hundred volumes",
        &wanted,
        made(|_| any_volumes(&mut dice, 100)),
    );
}

fn show(shape: &str, wanted: &VolumeSet, choices: Vec<(VolumeSet, u64)>) {
    let choices: Vec<Choice> = choices
        .into_iter()
        .map(|(volumes, average)| choice(wanted, &volumes, average))
        .collect();
    let took = best(|| {
        std::hint::black_box(pick(wanted, &choices));
    });
    let picks: Vec<usize> = pick(wanted, &choices)
        .iter()
        .map(|pick| pick.choice)
        .collect();
    let cost = cost(wanted, &choices, &picks);
    println!(
        "{:.2} ms: {shape} ({} picks, {} MB wasted)",
        took.as_secs_f64() * 1000.0,
        cost.picks,
        cost.wasted_bytes / u128::from(MEGABYTE)
    );
}

fn made(next: impl FnMut(u32) -> (VolumeSet, u64)) -> Vec<(VolumeSet, u64)> {
    (0..CHOICES).map(next).collect()
}

fn choice(wanted: &VolumeSet, volumes: &VolumeSet, average: u64) -> Choice {
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

fn run(first: u32, last: u32, average: u64) -> (VolumeSet, u64) {
    (VolumeSet::range(first, last.min(WANTS)), average)
}

fn any_run(dice: &mut Dice, longest: u32, megabytes: u64) -> (VolumeSet, u64) {
    let first = dice.below(WANTS.into()) as u32 + 1;
    let length = dice.below(longest.into()) as u32;
    run(first, first + length, megabytes * MEGABYTE)
}

fn any_volumes(dice: &mut Dice, count: usize) -> (VolumeSet, u64) {
    let mut volumes = VolumeSet::default();
    while volumes.len() < count {
        let number = dice.below(WANTS.into()) as u32 + 1;
        volumes.insert_range(number, number);
    }
    (volumes, (30 + dice.below(60)) * MEGABYTE)
}

/// The same numbers on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// The best of 5 rounds.
fn best(mut round: impl FnMut()) -> Duration {
    (0..5)
        .map(|_| {
            let start = Instant::now();
            round();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}
