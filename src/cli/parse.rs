//! `lacunarr parse`: a name a line in, a JSON object a line out, in the same order and without waiting for the end.

use std::io::{self, BufRead, Write};

use crate::domain::{
    edition::Edition,
    release::{self, ExtraWords, Hints, Kind, Lexicon, Origin, Release, SpecialKind},
    volume::{VolumeNumber, VolumeSet},
};
use serde::Serialize;

/// A name, read. Every key is there; what was not found is null, false or empty.
#[derive(Serialize)]
struct Line<'a> {
    input: &'a str,
    series: Option<&'a str>,
    other_title: Option<&'a str>,
    volumes: Option<String>,
    chapters: Option<String>,
    count: Option<u32>,
    complete: bool,
    pack: bool,
    special: SpecialLine,
    extras: bool,
    year: Option<u32>,
    year_to: Option<u32>,
    languages: &'a [&'static str],
    edition: Edition,
    origin: Origin,
    formats: &'a [&'static str],
    group: Option<&'a str>,
    publisher: Option<&'a str>,
    authors: Option<&'a str>,
    revision: Option<VolumeNumber>,
    resolution: Option<u32>,
    is_book: bool,
    not_a_book: Option<release::NotABook>,
    confidence: u8,
}

/// `false`, or what it is.
#[derive(Serialize)]
#[serde(untagged)]
enum SpecialLine {
    No(bool),
    Is {
        kind: SpecialKind,
        numbers: Option<String>,
    },
}

/// Reads names from standard input until it ends.
///
/// # Errors
/// When reading or writing fails.
pub fn command(words: &ExtraWords, kind: Kind) -> io::Result<()> {
    let lexicon = Lexicon::with(words);
    let hints = Hints {
        kind,
        lexicon: &lexicon,
        ..Hints::default()
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut input = io::stdin().lock();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let name = String::from_utf8_lossy(&bytes);
        let name = name.trim_end_matches(['\n', '\r']);
        serde_json::to_writer(&mut out, &line(name, &release::parse(name, hints)))?;
        out.write_all(b"\n")?;
        // Whoever feeds names one by one waits for each answer.
        if input.fill_buf().is_ok_and(<[u8]>::is_empty) || bytes.len() < 2 {
            out.flush()?;
        }
    }
    out.flush()
}

fn line<'a>(input: &'a str, release: &'a Release<'_>) -> Line<'a> {
    let text = |set: &VolumeSet| (!set.is_empty()).then(|| set.to_string());
    Line {
        input,
        series: release.series.as_deref(),
        other_title: release.other_title.as_deref(),
        volumes: text(&release.volumes),
        chapters: text(&release.chapters),
        count: release.count,
        complete: release.complete,
        pack: release.is_pack(),
        special: release
            .special
            .as_ref()
            .map_or(SpecialLine::No(false), |special| SpecialLine::Is {
                kind: special.kind,
                numbers: text(&special.numbers),
            }),
        extras: release.extras,
        year: release.years.map(|years| years.0),
        year_to: release.years.map(|years| years.1),
        languages: &release.languages,
        edition: release.edition,
        origin: release.origin,
        formats: &release.formats,
        group: release.group,
        publisher: release.publisher.as_deref(),
        authors: release.authors.as_deref(),
        revision: release.revision,
        resolution: release.resolution,
        is_book: release.not_a_book.is_none(),
        not_a_book: release.not_a_book,
        confidence: release.confidence,
    }
}
