//! How far a command is, on standard error, while it works.

use std::{io::IsTerminal, time::Duration};

use indicatif::ProgressBar;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// Looks from one line to the next where there is no terminal.
const LOOKS_A_LINE: u32 = 50;

/// What is shown where there is no terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// Nothing.
    Nothing,
    /// A line every ten seconds.
    Lines,
}

/// Works, and shows how far that is: on a terminal in one line that changes.
pub async fn watched<T, F: Future<Output = String>>(
    work: impl Future<Output = T>,
    elsewhere: Elsewhere,
    how_far: impl Fn() -> F,
) -> T {
    let is_terminal = std::io::stderr().is_terminal();
    let bar = match is_terminal {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    let mut looks = tokio::time::interval(LOOK);
    let mut looked: u32 = 0;
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                bar.finish_and_clear();
                return done;
            }
            _ = looks.tick() => {
                looked = looked.wrapping_add(1);
                if is_terminal {
                    bar.set_message(how_far().await);
                    bar.tick();
                } else if elsewhere == Elsewhere::Lines && looked.is_multiple_of(LOOKS_A_LINE) {
                    eprintln!("{}", how_far().await);
                }
            }
        }
    }
}
