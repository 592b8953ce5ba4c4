//! How fast names are read: `cargo bench --bench names`. Prints figures of one core; asserts nothing.
//!
//! The names are those of `tests/fixtures/releases.tsv`. Every figure is the best of 25 rounds: the machine may have other work.

use std::time::{Duration, Instant};

use lacunarr::domain::{
    release::{Kind, explain, parse},
    title::fold,
};

fn main() {
    let table = include_str!("../fixtures/releases.tsv");
    let names: Vec<&str> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').nth(2))
        .collect();
    let titles: Vec<String> = names
        .iter()
        .filter_map(|name| Some(parse(name, Kind::Auto).series?.into_owned()))
        .collect();
    let bytes: usize = names.iter().map(|name| name.len()).sum();
    println!(
        "{} names, {} bytes each on average",
        names.len(),
        bytes / names.len()
    );
    rate("names read", names.len(), || {
        for name in &names {
            std::hint::black_box(parse(name, Kind::Auto));
        }
    });
    rate("names explained", names.len(), || {
        for name in &names {
            std::hint::black_box(explain(name, Kind::Auto));
        }
    });
    rate("titles folded", titles.len(), || {
        for title in &titles {
            std::hint::black_box(fold(title));
        }
    });
    for unit in [
        "T01 à T12 ",
        "[x] ",
        "(01-12)",
        "v1",
        "1,2,3,",
        "a.",
        "第1巻",
        "Tome HS ",
    ] {
        let figures: Vec<String> = [16, 32, 64]
            .map(|kibibytes| {
                let name = unit.repeat(kibibytes * 1024 / unit.len());
                let took = best(|| {
                    std::hint::black_box(parse(&name, Kind::Auto));
                });
                format!("{kibibytes} KiB {:.2} ms", took.as_secs_f64() * 1000.0)
            })
            .into();
        println!("one long name of {unit:?}: {}", figures.join(", "));
    }
}

fn rate(what: &str, count: usize, round: impl FnMut()) {
    let took = best(round);
    println!(
        "{what}: {:.0} per second",
        count as f64 / took.as_secs_f64()
    );
}

/// The best of 25 rounds, each long enough to be measured.
fn best(mut round: impl FnMut()) -> Duration {
    (0..25)
        .map(|_| {
            let (start, mut rounds) = (Instant::now(), 0);
            while rounds == 0 || start.elapsed() < Duration::from_millis(200) {
                round();
                rounds += 1;
            }
            start.elapsed() / rounds
        })
        .min()
        .unwrap_or_default()
}
