//! `lacunarr parse`: a name a line in, a JSON object a line out, in the same order and without waiting for the end.

use std::io::{self, BufRead, Read, Write};

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
    answer(
        io::BufReader::new(io::stdin().lock()),
        &mut io::BufWriter::new(io::stdout().lock()),
        hints,
    )
}

/// Whoever feeds names one by one waits for each answer: what is written is sent before more is waited for.
fn answer<R: Read>(
    mut input: io::BufReader<R>,
    out: &mut impl Write,
    hints: Hints<'_>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        // Names that are there already are answered together; half of one may have to wait for its rest.
        if !input.buffer().contains(&b'\n') {
            out.flush()?;
        }
        if input.read_until(b'\n', &mut bytes)? == 0 {
            return out.flush();
        }
        let name = String::from_utf8_lossy(&bytes);
        let name = name.trim_end_matches(['\n', '\r']);
        serde_json::to_writer(&mut *out, &line(name, &release::parse(name, hints)))?;
        out.write_all(b"\n")?;
    }
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

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc::{Receiver, Sender, channel},
        time::Duration,
    };

    use super::*;

    struct Sent(Sender<u8>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            for byte in bytes {
                self.0.send(*byte).map_err(io::Error::other)?;
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Blocks until there is something, and ends when nobody can send any more.
    struct Received(Receiver<Vec<u8>>);

    impl Read for Received {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Ok(bytes) = self.0.recv() else {
                return Ok(0);
            };
            buffer[..bytes.len()].copy_from_slice(&bytes);
            Ok(bytes.len())
        }
    }

    #[test]
    fn a_name_is_answered_before_the_input_ends() {
        let (names, input) = channel();
        let (output, answers) = channel();
        let reader = std::thread::spawn(move || {
            let mut out = io::BufWriter::new(Sent(output));
            answer(
                io::BufReader::new(Received(input)),
                &mut out,
                Hints::default(),
            )
        });
        let next = || {
            let mut line = Vec::new();
            while line.last() != Some(&b'\n') {
                let byte = answers.recv_timeout(Duration::from_secs(10));
                line.push(byte.expect("an answer before the input ends"));
            }
            String::from_utf8(line).expect("text")
        };
        let send = |text: &str| names.send(text.into()).expect("a reader");
        send("Naruto T03\n");
        assert!(next().contains(r#""volumes":"3""#));
        send("Naruto T04\nNaruto T05\nNaru");
        assert!(next().contains(r#""volumes":"4""#));
        assert!(next().contains(r#""volumes":"5""#));
        send("to T06\n");
        assert!(next().contains(r#""volumes":"6""#));
        drop(names);
        assert!(reader.join().expect("no panic").is_ok());
    }
}
