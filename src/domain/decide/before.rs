//! Why one offer comes before the next one of a list, in one line with both figures. Pure.

use super::{
    Decision,
    rank::{Comparer, Rank},
};
use crate::domain::{
    units::{DAY, HOUR, MINUTE},
    volume::VolumeNumber,
};

/// Why an offer with this decision and rank comes before the next one; none when it does not by what is known of both, as when they
/// were ranked in different orders.
pub fn the_next(own: (&str, &Rank), next: (&str, &Rank)) -> Option<String> {
    if own.0 != next.0 {
        return by_decision(own.0, next.0);
    }
    match own.1.better_by(next.1) {
        Some((comparer, own, next)) => {
            let word = comparer.word();
            Some(format!("{} ({word})", sentence(comparer, own, next)))
        }
        None if own.1 == next.1 => {
            Some("nothing that is compared tells it from the next one".into())
        }
        None => None,
    }
}

fn by_decision(own: &str, next: &str) -> Option<String> {
    let place = |word: &str| {
        let all = [Decision::Accepted, Decision::Review, Decision::Refused];
        all.iter().position(|decision| decision.word() == word)
    };
    let says = |word: &str| match word {
        "accepted" => "accepted",
        "review" => "for you to look at",
        _ => "refused",
    };
    (place(own) < place(next))
        .then(|| format!("it is {}, the next one is {}", says(own), says(next)))
}

fn sentence(comparer: Comparer, own: i64, next: i64) -> String {
    match comparer {
        Comparer::Weight => format!("your rules weigh it {own}, the next one {next}"),
        Comparer::Language if own == 0 => {
            "it is in the collected language, the next one is not, or does not say".into()
        }
        Comparer::Language => {
            "its language comes earlier in fallbackLanguages than that of the next one".into()
        }
        Comparer::Origin => format!("it is {}, the next one is {}", origin(own), origin(next)),
        Comparer::Waste => format!(
            "{} MB of it are wanted by nobody, of the next one {} MB",
            -own, -next
        ),
        Comparer::Revision => format!(
            "it is revision {}, the next one is {}",
            revision(own),
            revision(next)
        ),
        Comparer::Format if next == 0 => {
            "its format is one of the profile's, that of the next one is not, or is not known"
                .into()
        }
        Comparer::Format => {
            "its format comes earlier in the profile's formats than that of the next one".into()
        }
        Comparer::Group => "its group is a preferred one, that of the next one is not".into(),
        Comparer::Availability => format!("{}, the next one has {}", seeders(own), seeders(next)),
        Comparer::Resolution => format!(
            "its pages are {}, those of the next one are {}",
            pages(own),
            pages(next)
        ),
        Comparer::Size => format!(
            "a volume of it is {} MB off the usual size, of the next one {} MB",
            -own, -next
        ),
        Comparer::Seeders if next == 0 => {
            format!(
                "{}, the next one has none, or does not say",
                count(own, "seeder")
            )
        }
        Comparer::Seeders => format!("{}, the next one has {next}", count(own, "seeder")),
        Comparer::Age if next == 0 => "it says when it was published, the next one does not".into(),
        Comparer::Age => format!("it was published {} after the next one", span(own - next)),
        Comparer::Title => format!(
            "its name has {}, that of the next one has {}",
            title(own),
            title(next)
        ),
    }
}

fn origin(figure: i64) -> &'static str {
    match figure {
        3 => "official",
        2 => "a scan or of unknown origin",
        _ => "by fans",
    }
}

fn revision(hundredths: i64) -> String {
    VolumeNumber::from_hundredths(hundredths)
        .map_or_else(|| "unknown".into(), |number| number.to_string())
}

fn seeders(figure: i64) -> &'static str {
    match figure {
        3 => "3 seeders or more",
        2 => "an unknown number of seeders",
        1 => "1 or 2 seeders",
        _ => "no seeder",
    }
}

fn pages(figure: i64) -> &'static str {
    match figure {
        2 => "native ones of 1,600 to 2,600 pixels",
        1 => "of another size or an unknown one",
        _ => "upscaled",
    }
}

fn title(figure: i64) -> &'static str {
    match figure {
        3 => "the title itself",
        2 => "an alias",
        1 => "something like the title",
        _ => "another title",
    }
}

fn count(number: i64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

fn span(millis: i64) -> String {
    match millis {
        DAY.. => count(millis / DAY, "day"),
        HOUR.. => count(millis / HOUR, "hour"),
        MINUTE.. => count(millis / MINUTE, "minute"),
        _ => "less than a minute".into(),
    }
}
