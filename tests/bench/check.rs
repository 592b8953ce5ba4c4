//! How long a full check takes: `cargo bench --bench check`. Prints figures; asserts only that all was done.
//!
//! 10,000 series with 50,000 gaps, one term and 20 offers for each, a source that answers at once on this machine, query budget
//! off, not armed: everything is searched, judged, planned and written down with its reasons, nothing is sent.

mod home;

#[expect(dead_code, reason = "the stories use more of it")]
#[path = "../it/stand_in"]
mod stand_in {
    pub mod reply;
    pub mod server;
}

use std::time::Instant;

use lacunarr::{store, worker::check};

#[tokio::main]
async fn main() {
    let began = Instant::now();
    let home = home::home().await;
    let app = &home.app;
    println!(
        "{:.1} s: {} series made and imported",
        began.elapsed().as_secs_f64(),
        home::SERIES
    );
    show_memory("after the import");
    for round in ["first check", "checked again"] {
        let scope = check::scope(&app.db, None)
            .await
            .expect("a list")
            .expect("series");
        let began = Instant::now();
        let id = check::request(app, "api", false, &scope)
            .await
            .expect("a check");
        while check::step(app).await.expect("it works") != check::Step::Ran(id) {}
        let took = began.elapsed().as_secs_f64();
        let run = store::check::get(&app.db, id)
            .await
            .expect("a row")
            .expect("the check");
        assert_eq!(
            (run.state.as_str(), run.done),
            ("finished", home::SERIES as i64)
        );
        assert_eq!(run.stats.offers, (home::SERIES * home::OFFERS) as u64);
        assert_eq!(run.stats.errors, Vec::<String>::new());
        println!(
            "{took:.1} s: {round}, {} offers judged and written, {:.0} series/s",
            run.stats.offers,
            home::SERIES as f64 / took
        );
        show_memory(round);
    }
}

fn show_memory(when: &str) {
    let (now, most) = resident();
    println!(
        "  {when}: {} MiB resident, {} at most",
        now >> 20,
        most >> 20
    );
}

/// Bytes of this process in memory: now, and at most so far, as Linux counts them.
fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says it");
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kilobytes.map_or(0, |number| number.parse::<u64>().expect("a number") * 1024)
    };
    (of("VmRSS:"), of("VmHWM:"))
}
