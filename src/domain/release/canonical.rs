//! A release as a name in the one form that we write ourselves: `Berserk - Perfect Edition T01-12 v2 (2004) [FR] [CBZ]`. Pure.

use std::fmt;

use super::Release;
use crate::domain::{edition::Edition, volume::VolumeSet};

/// Writes series, edition, volumes, chapters, revision, years, languages and formats; [`super::parse`] reads the same from it.
impl fmt::Display for Release<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.series.as_deref().unwrap_or_default())?;
        if let Some(edition) = words(self.edition) {
            write!(f, " - {edition}")?;
        }
        numbers(f, " T", &self.volumes)?;
        numbers(f, " Ch.", &self.chapters)?;
        if let Some(revision) = self.revision {
            write!(f, " v{revision}")?;
        }
        match self.years {
            Some((first, last)) if first == last => write!(f, " ({first})")?,
            Some((first, last)) => write!(f, " ({first}-{last})")?,
            None => {}
        }
        let tags = self.languages.iter().chain(&self.formats);
        tags.into_iter()
            .try_for_each(|tag| write!(f, " [{}]", tag.to_uppercase()))
    }
}

/// `T01-12, T14`: every run with its marker, two digits at least.
fn numbers(f: &mut fmt::Formatter<'_>, marker: &str, set: &VolumeSet) -> fmt::Result {
    let padded = |number: &str| match number.find('.').unwrap_or(number.len()) {
        1 => format!("0{number}"),
        _ => number.to_owned(),
    };
    for (at, run) in set
        .to_string()
        .split(',')
        .filter(|run| !run.is_empty())
        .enumerate()
    {
        let run: Vec<String> = run.split('-').map(padded).collect();
        write!(
            f,
            "{}{marker}{}",
            if at == 0 { "" } else { "," },
            run.join("-")
        )?;
    }
    Ok(())
}

/// An edition as it stands in a name; nothing for the standard one.
pub fn words(edition: Edition) -> Option<String> {
    Some(match edition {
        Edition::Standard => return None,
        Edition::Perfect => "Perfect Edition".into(),
        Edition::Deluxe => "Deluxe Edition".into(),
        Edition::Double => "Double Edition".into(),
        Edition::Omnibus(Some(volumes)) => format!("{volumes}-in-1 Omnibus Edition"),
        Edition::Omnibus(None) => "Omnibus Edition".into(),
        Edition::Colour => "Full Color Edition".into(),
        Edition::Collector => "Collector Edition".into(),
        Edition::Original => "Original Edition".into(),
        Edition::New => "New Edition".into(),
        Edition::Colossal => "Colossal Edition".into(),
        Edition::Ultimate => "Ultimate Edition".into(),
        Edition::Integrale => "Intégrales".into(),
        Edition::Kanzenban => "Kanzenban".into(),
        Edition::Star => "Star Edition".into(),
        Edition::Other => "Special Edition".into(),
    })
}
