//! What holds for every name, title and edition map, whatever bytes they are made of, and for every frame ([`frames`]). An input that
//! breaks it panics.

// The modules are compiled here once more, so they are instrumented and nothing of the service is built.
#[path = "../../src/domain"]
#[expect(dead_code, unused_imports, reason = "the service uses more of it")]
mod domain {
    pub mod edition;
    pub mod language;
    pub mod release;
    pub mod title;
    pub mod volume;
}

#[path = "../../src/download/amule"]
#[expect(dead_code, unused_imports, reason = "the service uses more of it")]
mod amule {
    pub mod codec;
}

#[path = "checks/frames.rs"]
pub mod frames;

use std::sync::LazyLock;

use domain::{
    edition::{Edition, EditionMap, base_set},
    language::Code,
    release::{self, ExtraWords, Hints, Kind, Lexicon, MAX_NAME, Place, Release, Span},
    title::{TitleMatch, fold, same_series},
    volume::{MAX_SET, VolumeNumber, VolumeSet},
};

/// The longest title of a series that the service keeps, in bytes.
const MAX_TITLE: usize = 300;

/// The lexicon of a user who added words, some of them strange.
static EXTRA: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::with(&ExtraWords {
        groups: vec!["Équipe Zorglub".into(), "t".into(), "".into(), "2".into()],
        editions: vec![
            ("Grand Luxe Doré".into(), Edition::Perfect),
            ("3 in 1".into(), Edition::Omnibus(Some(3))),
        ],
        languages: vec![
            ("VFQ".into(), Code::of("fr")),
            ("tome".into(), Code::of("en")),
        ],
    })
});

/// The first byte says how the rest is read.
pub fn check(input: &[u8]) {
    let Some((how, text)) = input.split_first() else {
        return;
    };
    check_text(*how, &String::from_utf8_lossy(text));
}

/// The same for a text that is repeated to the longest that is read.
pub fn check_repeated(input: &[u8]) {
    let Some((how, text)) = input.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(text);
    if !text.is_empty() {
        check_text(*how, &text.repeat(MAX_NAME.div_ceil(text.len())));
    }
}

fn check_text(how: u8, text: &str) {
    let how = usize::from(how);
    let (front, behind) = halves(text);
    let titles = match how / 15 % 3 {
        0 => vec![],
        1 => vec![fold(title(text)), String::new()],
        _ => vec![fold(title(front)), fold(title(behind))],
    };
    let hints = Hints {
        kind: Kind::ALL[how % 5].1,
        place: [Place::Alone, Place::InSeries, Place::Folder][how / 5 % 3],
        titles: &titles,
        lexicon: if how / 45 % 2 == 0 {
            Lexicon::known()
        } else {
            &EXTRA
        },
    };
    let map = check_editions(text);
    check_name(text, hints, &map);
    check_titles(front, behind);
    check_volumes(text);
}

/// Two titles, or a name and a title: what stands before and behind the first line break, else the same twice.
fn halves(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, text))
}

/// As much as a title may hold.
fn title(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TITLE)]
}

fn check_name(name: &str, hints: Hints<'_>, map: &EditionMap) {
    let (release, spans) = release::explain(name, hints);
    check_spans(name, &spans);
    check_release(&release, map);
    assert_eq!(release, release::parse(name, hints), "explained and parsed");
    // Our own form of it may be read differently, but it is a name as well.
    let printed = release.to_string();
    check_release(&release::parse(&printed, hints), map);
}

fn check_spans(name: &str, spans: &[Span<'_>]) {
    let mut behind = 0;
    for span in spans {
        assert!(
            behind <= span.start && span.start < span.end,
            "in order: {span:?}"
        );
        assert_eq!(
            name.get(span.start..span.end),
            Some(span.text),
            "inside the name"
        );
        behind = span.end;
    }
}

fn check_release(release: &Release<'_>, map: &EditionMap) {
    assert!(release.confidence <= 100, "{} %", release.confidence);
    let specials = release.special.as_ref().map(|special| &special.numbers);
    for set in [&release.volumes, &release.chapters]
        .into_iter()
        .chain(specials)
    {
        check_set(set);
    }
    assert!(
        release.years.is_none_or(|(first, last)| first <= last),
        "{:?}",
        release.years
    );
    assert_eq!(
        Edition::from_word(&release.edition.word()),
        Some(release.edition)
    );
    if let Some(base) = base_set(release.edition, &release.volumes, map) {
        assert_eq!(base.is_empty(), release.volumes.is_empty(), "base volumes");
    }
}

fn check_set(set: &VolumeSet) {
    assert!(set.len() <= MAX_SET, "{} volumes", set.len());
    assert_eq!(set.iter().count(), set.len(), "{set}");
    assert_eq!(
        set.to_string().parse().as_ref(),
        Ok(set),
        "printed and parsed"
    );
}

/// A fold is words parted by one space, and has no sign that means something to SQL. Folding it again may fold more (`Le Die Hard`),
/// so that is not asked for.
fn check_titles(title: &str, other: &str) {
    let (folded, other) = (fold(title), fold(other));
    assert!(
        !folded.contains("  ") && folded.trim() == folded,
        "{folded:?}"
    );
    assert!(
        !folded
            .bytes()
            .any(|byte| byte.is_ascii_punctuation() || byte.is_ascii_uppercase()),
        "{folded:?}"
    );
    // For all letters it would not hold: some are accents or apostrophes to us (`ﾞ`, `ʻ`).
    let named = |letter| {
        matches!(letter,
            '0'..='9' | 'a'..='z' | 'A'..='Z' | 'à'..='ö' | 'а'..='я' | 'ァ'..='ヺ' | '一'..='龥' | '가'..='힣')
    };
    assert!(
        !folded.is_empty() || !title.contains(named),
        "nothing is left"
    );
    assert_eq!(fold(&title.to_ascii_uppercase()), folded, "in capitals");
    let itself = if folded.is_empty() {
        TitleMatch::Different
    } else {
        TitleMatch::Exact
    };
    assert_eq!(same_series(&folded, &[], &folded), itself);
    assert_eq!(
        same_series(&folded, &[], &other),
        same_series(&other, &[], &folded),
        "{folded:?} and {other:?}"
    );
}

fn check_editions(text: &str) -> EditionMap {
    let map: EditionMap = text.parse().unwrap_or_default();
    assert_eq!(
        map.to_string().parse().as_ref(),
        Ok(&map),
        "printed and parsed"
    );
    map
}

fn check_volumes(text: &str) {
    if let Ok(set) = text.parse::<VolumeSet>() {
        assert_eq!(set.to_string().parse(), Ok(set), "printed and parsed");
    }
    if let Ok(volume) = text.parse::<VolumeNumber>() {
        assert_eq!(volume.to_string().parse(), Ok(volume), "printed and parsed");
        assert_eq!(
            VolumeNumber::from_hundredths(volume.hundredths()),
            Some(volume)
        );
    }
}
