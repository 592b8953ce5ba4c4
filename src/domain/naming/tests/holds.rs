//! What holds for every name.

use proptest::prelude::*;

use super::*;

/// Titles as they are, and as nobody would choose them.
fn titles() -> impl Strategy<Value = String> {
    let real = prop::sample::select(vec![
        "One Piece",
        "20th Century Boys",
        "Area 51",
        "XIII",
        "Mob Psycho 100",
        "Kaiju n°8",
        "1984",
        "[Oshi no Ko]",
        "L'Attaque des Titans",
        "Fate/stay night",
        "Re:Zero",
        "7 Shakespeares",
        "100 Bullets",
        "D.Gray-man",
        "Dr. Stone",
        "Blade Runner 2049",
        "Q.E.D.",
        "Élodie",
        "+Anima",
        "Hunter × Hunter",
        "ワンピース",
        "Vol 714 pour Sydney",
        "Tome",
        "3274",
        "A",
        "No. 6",
        "86 - Eighty Six",
    ]);
    prop_oneof![
        real.prop_map(String::from),
        "[A-Z][a-zé]{1,9}( [a-z0-9'!:./-]{1,8}){0,4}",
        "\\PC{1,40}"
    ]
}

proptest! {
    #[test]
    fn every_name_reads_back_and_is_safe(
        series in titles(),
        folder in any::<bool>(),
        first in 0..1200u32,
        length in prop_oneof![Just(0u32), 1..12u32],
        half in any::<bool>(),
        title in prop::option::of("\\PC{0,60}"),
        style in 0..5usize,
        kind in 0..5usize,
    ) {
        let kind = Kind::ALL[kind].1;
        let mut volumes = VolumeSet::range(first, first + length);
        if half && length == 0 {
            volumes = set(&format!("{first}.5"));
        }
        let series = series.trim();
        let folder = folder_name(series).filter(|_| folder);
        let styles: [&[&str]; 5] = [&[], &["01.cbz", "02.cbz"], &["Tome 1.cbz"], &["One Piece - T01 - Un (1999) [GRP].cbz"], &["One Piece v001 (Digital).cbz"]];
        let book = Book { title: title.as_deref(), ..book(series, &volumes) };
        let beside = Beside { folder: folder.as_deref(), files: styles[style] };
        let naming = Naming { follow: true, template: Template::default_for(kind, None) };
        let named = name(&book, &beside, &naming, kind.into());
        // A folder says the series, so there always is a name.
        prop_assert!(named.is_ok() || folder.is_none() || kind == Kind::Comics, "{named:?}");
        let Ok(Named { name: made, .. }) = named else { return Ok(()); };
        prop_assert!(made.len() <= 255 && made.ends_with(".cbz") && !made.starts_with('.'), "{made}");
        prop_assert!(!made.contains(|letter: char| letter.is_control() || r#"/\:*?"<>|"#.contains(letter)), "{made}");
        prop_assert_eq!(safe::text(&made), made.clone());
        // As the folder library reads it.
        let titles = match &folder {
            None => vec![fold(series)],
            Some(folder) => {
                let said = parse(folder, Hints { place: Place::Folder, ..kind.into() });
                vec![fold(folder), fold(said.series.as_deref().unwrap_or(folder))]
            }
        };
        let read = parse(learned::stem(&made), Hints { titles: &titles, place: Place::InSeries, ..kind.into() });
        prop_assert_eq!(read.numbers(kind), &volumes, "{}", made);
    }

    #[test]
    fn no_files_make_it_panic(files in prop::collection::vec("\\PC{0,40}|[Tv#]?[0-9.,]{1,6}( - [a-zé(\\[{})]{0,9}){0,3}", 0..6), kind in 0..5usize) {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let hints = Hints::from(Kind::ALL[kind].1);
        learned::learn(&files, &[fold("Naruto")], hints);
    }
}
