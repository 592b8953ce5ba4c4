//! What the demo starts from: a shelf with gaps, and three indexers whose releases meet every outcome.

use std::{fs::File, io::Write, ops::RangeInclusive, path::Path};

use lacunarr::domain::units::MEGABYTE;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::stand_in::prowlarr::{Indexer, Link, Release};

/// A series on the shelf: its folder, how its files are named with `#` for the number, and the runs that are there.
struct Shelved {
    folder: &'static str,
    files: &'static str,
    runs: &'static [RangeInclusive<u32>],
    /// What their ComicInfo says is the number of volumes.
    count: Option<u32>,
}

const fn shelved(
    folder: &'static str,
    files: &'static str,
    runs: &'static [RangeInclusive<u32>],
) -> Shelved {
    Shelved {
        folder,
        files,
        runs,
        count: None,
    }
}

const MANGA: [Shelved; 8] = [
    shelved("Berserk", "Berserk T#.cbz", &[1..=22, 24..=41]),
    shelved("Dr. Stone", "Dr. Stone - T#.cbz", &[1..=11, 13..=20]),
    Shelved {
        count: Some(6),
        ..shelved("Frieren", "Frieren T#.cbz", &[1..=3, 5..=5])
    },
    shelved(
        "L'Attaque des Titans",
        "L'Attaque des Titans - Tome #.cbz",
        &[1..=29, 33..=34],
    ),
    shelved("Monster", "Monster T# (Urasawa).cbz", &[1..=8, 10..=10]),
    shelved("One Piece", "One Piece T#.cbz", &[1..=47, 49..=60]),
    shelved("Oshi no Ko", "Oshi no Ko T#.cbz", &[1..=2, 4..=5]),
    shelved("Vinland Saga [FR]", "Vinland Saga v#.cbz", &[1..=6, 8..=12]),
];

const BD: [Shelved; 4] = [
    shelved("Blacksad", "Blacksad - T#.cbz", &[1..=2, 4..=5]),
    shelved("Lanfeust de Troy", "Lanfeust de Troy - #.cbz", &[1..=8]),
    shelved(
        "Les Légendaires",
        "Les Légendaires - Tome #.cbz",
        &[1..=9, 12..=12],
    ),
    shelved("Thorgal", "Thorgal T#.cbz", &[1..=14, 16..=16]),
];

/// Series in all.
pub const SERIES: usize = MANGA.len() + BD.len();

/// Writes both libraries, `manga` and `bd`, below a folder.
pub fn shelve(root: &Path) -> anyhow::Result<()> {
    for (library, series) in [("manga", &MANGA[..]), ("bd", &BD[..])] {
        for one in series {
            let folder = root.join(library).join(one.folder);
            std::fs::create_dir_all(&folder)?;
            for volume in one.runs.iter().cloned().flatten() {
                let name = one.files.replace('#', &format!("{volume:02}"));
                write_volume(&folder.join(name), one, volume)?;
            }
        }
    }
    Ok(())
}

/// A CBZ of one page, which is no picture: nothing looks at it.
fn write_volume(place: &Path, series: &Shelved, volume: u32) -> anyhow::Result<()> {
    let mut zip = ZipWriter::new(File::create(place)?);
    zip.start_file("001.jpg", SimpleFileOptions::default())?;
    write!(zip, "{} {volume}", series.folder)?;
    if let Some(count) = series.count {
        zip.start_file("ComicInfo.xml", SimpleFileOptions::default())?;
        write!(
            zip,
            "<ComicInfo><Series>{}</Series><Number>{volume}</Number><Count>{count}</Count><LanguageISO>fr</LanguageISO></ComicInfo>",
            series.folder
        )?;
    }
    zip.finish()?;
    Ok(())
}

/// Two private indexers and a public one.
pub fn indexers() -> Vec<Indexer> {
    vec![
        Indexer::private(YGG, "YggTorrent"),
        Indexer::private(TORR9, "Torr9"),
        Indexer::public(NYAA, "Nyaa.si"),
    ]
}

const YGG: i64 = 1;
const TORR9: i64 = 2;
const NYAA: i64 = 3;

/// One release for each outcome, and a few that are simply right.
pub fn releases() -> Vec<Release> {
    vec![
        // Better ranked, and its link is dead: the second one's turn comes.
        Release::new(YGG, "Berserk T23 [CBZ] FR")
            .seeders(90)
            .link(Link::Gone),
        Release::new(TORR9, "Berserk Tome 23 (Kentaro Miura) [CBZ] FR").seeders(7),
        Release::new(YGG, "L'Attaque des Titans T30 à T34 [CBZ] FR").link(Link::RedirectMagnet),
        Release::new(YGG, "One Piece - T48 [CBZ][eBook officiel] FR"),
        Release::new(NYAA, "One Piece Red T48 [CBZ] FR"),
        Release::new(YGG, "One Piece - Chapitres 1111 à 1137 [CBZ] FR"),
        Release::new(YGG, "Blacksad - T03 - Âme rouge [CBR] FR").link(Link::RedirectTracker),
        Release::new(TORR9, "Les Légendaires T01 à T12 [CBZ] FR"),
        Release::new(NYAA, "Dr. Stone v12 (Digital) [English]"),
        Release::new(NYAA, "Dr. Stone T12 [CBZ] FR").size(2 * MEGABYTE),
        Release::new(YGG, "Thorgal T15 [CBZ] FR").size(6_400 * MEGABYTE),
        Release::new(YGG, "Vinland Saga 07 [CBZ] FR"),
        Release::new(TORR9, "Oshinoko T03 [CBZ] FR"),
        Release::new(YGG, "Frieren T04 [CBZ] FR"),
        Release::new(YGG, "Frieren T06 [CBZ] FR"),
    ]
}
