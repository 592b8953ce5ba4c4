//! What is read of Kavita.

use lacunarr::{
    domain::{edition::Edition, identity::Identity, release::Kind, series::Status},
    library::kavita::Kavita as Adapter,
    ports::ServerPlace,
};

use super::{BOTH, adapter, files, place, scan};
use crate::stand_in::kavita::{Book, Era, Kavita, NOON};

fn with(books: impl IntoIterator<Item = Book>) -> Kavita {
    let kavita = Kavita::start(Era::AuthKeys);
    kavita.change(|world| {
        let manga = world.library("Manga", "/manga");
        world.add(manga, "Naruto", books);
    });
    kavita
}

async fn read(books: impl IntoIterator<Item = Book>, kind: Kind) -> Vec<String> {
    let kavita = with(books);
    let scan = scan(&Adapter::new(place(&kavita), kind.into())).await;
    files(&scan.series[0])
}

#[tokio::test]
async fn a_series_is_read_with_what_kavita_knows_of_it() {
    for era in BOTH {
        let kavita = Kavita::start(era);
        kavita.change(|world| {
            let manga = world.library("Manga", "/manga");
            let id = world.add(
                manga,
                "L'Attaque des Titans",
                [
                    Book::volume("L'Attaque des Titans T01.cbz", 1.0),
                    Book {
                        count: 34,
                        language: "fr-FR".into(),
                        ..Book::volume("Tomes/T02 - suite.cbz", 2.0)
                    },
                ],
            );
            let series = world.of(id);
            series.localized = "Shingeki no Kyojin".into();
            series.language = "fr-FR".into();
            series.total_count = 34;
            series.status = 4;
            series.genres = vec!["Action".into(), "Drame".into()];
            series.tags = vec!["Titans".into(), "Action".into()];
            series.web_links =
                "https://anilist.co/manga/53390/Shingeki-no-Kyojin, https://example.org/".into();
        });
        let scan = scan(&adapter(&kavita)).await;
        let series = &scan.series[0];
        assert_eq!(series.key, "2", "{era:?}");
        assert_eq!(
            (series.title.as_str(), &series.aliases[..]),
            (
                "L'Attaque des Titans",
                &["Shingeki no Kyojin".to_owned()][..]
            )
        );
        assert_eq!(
            (series.total, series.language.as_deref()),
            (Some(34), Some("fr"))
        );
        assert_eq!(
            files(series),
            [
                "L'Attaque des Titans/L'Attaque des Titans T01.cbz=1",
                "L'Attaque des Titans/Tomes/T02 - suite.cbz=2"
            ]
        );
        assert_eq!(
            (series.status, &series.tags[..]),
            (
                Some(Status::Ended),
                &["Action", "Drame", "Titans"].map(String::from)[..]
            )
        );
        let urls: Vec<String> = series.identities.iter().map(Identity::url).collect();
        assert_eq!(urls, ["https://anilist.co/manga/53390"]);
        let file = &series.files[1];
        assert_eq!(
            (
                file.size,
                file.modified,
                file.count,
                file.language.as_deref()
            ),
            (80_000_000, NOON, Some(34), Some("fr"))
        );
        assert_eq!(
            (file.damaged, scan.problems, scan.unreadable),
            (false, vec![], vec![])
        );
    }
}

#[tokio::test]
async fn sentinels_specials_and_chapters_are_no_volumes() {
    let books = || {
        [
            Book::volume("Naruto T01.cbz", 1.0),
            Book::chapter("Naruto Chapitre 700.cbz", 700.0),
            Book::special("Naruto - Artbook.cbz"),
            Book::special("Naruto SP01.cbz"),
            Book::special("Bonus.cbz"),
            Book::volume("Artbooks/T01.cbz", 1.0),
        ]
    };
    assert_eq!(
        read(books(), Kind::Manga).await,
        [
            "Naruto/Artbooks/T01.cbz=",
            "Naruto/Bonus.cbz=",
            "Naruto/Naruto - Artbook.cbz=",
            "Naruto/Naruto Chapitre 700.cbz=",
            "Naruto/Naruto SP01.cbz=",
            "Naruto/Naruto T01.cbz=1"
        ]
    );
    assert_eq!(
        read(
            [
                Book::chapter("Naruto 700.cbz", 700.0),
                Book::chapter("fin.cbz", 701.0),
                Book::volume("Naruto T01.cbz", 1.0)
            ],
            Kind::Chapters
        )
        .await,
        [
            "Naruto/Naruto 700.cbz=700",
            "Naruto/Naruto T01.cbz=",
            "Naruto/fin.cbz=701"
        ]
    );
}

#[tokio::test]
async fn the_name_comes_first_and_kavita_where_it_says_nothing() {
    let range = Book {
        volume: (5.0, 7.0),
        ..Book::volume("coffret.cbz", 5.0)
    };
    assert_eq!(
        read(
            [
                Book::volume("T04.cbz", 3.0),
                range,
                Book::volume("la suite.cbz", 8.5),
                Book::special("Naruto T09.cbz"),
                Book::volume("prologue.cbz", 2004.0)
            ],
            Kind::Manga
        )
        .await,
        [
            "Naruto/Naruto T09.cbz=9?",
            "Naruto/T04.cbz=3-4?",
            "Naruto/coffret.cbz=5-7",
            "Naruto/la suite.cbz=8.5",
            "Naruto/prologue.cbz="
        ]
    );
    let kavita = with([Book::volume("T04.cbz", 3.0)]);
    let scan = scan(&adapter(&kavita)).await;
    assert!(
        scan.problems[0]
            .message
            .contains("its name says 4, and Kavita says 3"),
        "{:?}",
        scan.problems
    );
}

#[tokio::test]
async fn a_number_that_a_tagger_wrote_into_every_file_loses() {
    assert_eq!(
        read(
            [
                Book::volume("T01.cbz", 1.0),
                Book::volume("T02.cbz", 1.0),
                Book::volume("T03.cbz", 1.0)
            ],
            Kind::Manga
        )
        .await,
        ["Naruto/T01.cbz=1", "Naruto/T02.cbz=2", "Naruto/T03.cbz=3"]
    );
}

#[tokio::test]
async fn one_book_without_a_number_is_a_one_shot() {
    assert_eq!(
        read([Book::special("Naruto.cbz")], Kind::Manga).await,
        ["Naruto/Naruto.cbz=1"]
    );
    assert_eq!(
        read([Book::special("Naruto.epub")], Kind::Auto).await,
        ["Naruto/Naruto.epub=1"]
    );
    assert_eq!(
        read([Book::chapter("La fin.cbz", 700.0)], Kind::Manga).await,
        ["Naruto/La fin.cbz="]
    );
    assert_eq!(
        read([Book::special("Naruto - Artbook.cbz")], Kind::Manga).await,
        ["Naruto/Naruto - Artbook.cbz="]
    );
    let kavita = with([Book::special("Naruto.cbz")]);
    kavita.change(|world| world.series[0].total_count = 72);
    assert_eq!(
        files(&scan(&adapter(&kavita)).await.series[0]),
        ["Naruto/Naruto.cbz="]
    );
}

#[tokio::test]
async fn editions_come_from_names() {
    let kavita = Kavita::start(Era::AuthKeys);
    kavita.change(|world| {
        let manga = world.library("Manga", "/manga");
        world.add(
            manga,
            "Naruto (Perfect Edition)",
            [Book::volume("T01.cbz", 1.0)],
        );
    });
    assert_eq!(
        scan(&adapter(&kavita)).await.series[0].edition,
        Edition::Perfect
    );
}

#[tokio::test]
async fn pages_in_a_folder_are_one_book() {
    let page = |name: &str| Book {
        bytes: 1_000,
        pages: 1,
        ..Book::volume(name, 1.0)
    };
    let kavita = with([page("Naruto T01/001.jpg"), page("Naruto T01/002.jpg")]);
    let scan = scan(&adapter(&kavita)).await;
    assert_eq!(files(&scan.series[0]), ["Naruto/Naruto T01=1"]);
    assert_eq!(scan.series[0].files[0].size, 2_000);
}

#[tokio::test]
async fn a_file_without_pages_is_told_and_not_called_damaged() {
    let kavita = with([
        Book {
            pages: 0,
            ..Book::volume("Naruto T01.cbz", 1.0)
        },
        Book::volume("Naruto T02.cbz", 2.0),
    ]);
    let scan = scan(&adapter(&kavita)).await;
    assert_eq!(scan.problems.len(), 1);
    assert!(
        scan.problems[0].message.contains("counts no page"),
        "{:?}",
        scan.problems
    );
    assert!(scan.series[0].files.iter().all(|file| !file.damaged));
}

#[tokio::test]
async fn where_the_library_lies_is_not_said_files_are_known_by_their_series() {
    let kavita = with([Book::volume("Naruto T01.cbz", 1.0)]);
    kavita.change(|world| world.libraries[0].folders.clear());
    assert_eq!(
        files(&scan(&adapter(&kavita)).await.series[0]),
        ["2/Naruto T01.cbz=1"]
    );
}

#[tokio::test]
async fn libraries_together_have_no_path_twice() {
    let kavita = with([Book::volume("T01.cbz", 1.0)]);
    kavita.change(|world| {
        let other = world.library("Other", "/other");
        world.add(other, "Naruto", [Book::volume("T01.cbz", 1.0)]);
    });
    let scan = scan(&adapter(&kavita)).await;
    let found: Vec<String> = scan.series.iter().flat_map(files).collect();
    assert_eq!(found, ["manga/Naruto/T01.cbz=1", "other/Naruto/T01.cbz=1"]);
    let one = ServerPlace {
        library: Some("Other".into()),
        ..place(&kavita)
    };
    let scan = self::scan(&Adapter::new(one, Kind::Manga.into())).await;
    assert_eq!(files(&scan.series[0]), ["Naruto/T01.cbz=1"]);
}

#[tokio::test]
async fn a_series_without_books_is_none() {
    let kavita = with([]);
    assert_eq!(scan(&adapter(&kavita)).await.series, []);
}

#[tokio::test]
async fn ids_of_later_versions_and_every_status_are_read() {
    let kavita = with([Book::volume("T01.cbz", 1.0)]);
    kavita.change(|world| world.series[0].ani_list = 30_011);
    for (code, expected) in [
        (0, Some(Status::Ongoing)),
        (1, Some(Status::Hiatus)),
        (2, Some(Status::Ended)),
        (3, Some(Status::Abandoned)),
        (9, None),
    ] {
        kavita.change(|world| world.series[0].status = code);
        let scan = scan(&adapter(&kavita)).await;
        assert_eq!(scan.series[0].status, expected, "{code}");
        assert_eq!(
            scan.series[0].identities[0].url(),
            "https://anilist.co/manga/30011"
        );
    }
}
