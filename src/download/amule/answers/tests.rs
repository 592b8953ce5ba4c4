use super::*;
use crate::download::amule::{
    codec::{Draft, DraftTag, names::op},
    recorded::sessions,
};

const MD4: [u8; 16] = *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";

fn packet(draft: &Draft) -> Packet {
    Packet::from_frame(&draft.to_frame()).expect("what we write")
}

fn recorded(title: &str) -> Packet {
    let sessions = sessions();
    let session = sessions.iter().find(|session| session.title == title);
    session.unwrap_or_else(|| panic!("{title}")).last()
}

#[test]
fn a_recorded_download_is_read() {
    let packet = recorded("amulecmd show dl, one download");
    let files: Vec<Queued> = queue(&packet).collect();
    let expected = Queued {
        id: Ed2kId {
            md4: MD4,
            size: 1_234_567,
        },
        name: "Test.Manga.T01.cbz".into(),
        done: 0,
        status: status::EMPTY,
        is_stopped: false,
        givers: 0,
        category: 0,
    };
    assert_eq!(files, [expected]);
    let holding = Holding::from(files[0].clone());
    assert_eq!(holding.hashes, ["0123456789abcdef0123456789abcdef"]);
    assert_eq!(
        (holding.left_bytes, holding.state.as_str()),
        (1_234_567, "Waiting")
    );
}

#[test]
fn recorded_connections_are_read() {
    // It was not connected to anything, and Kad, which was off, is called firewalled then.
    let network = Network::read(&recorded("amulecmd status"));
    assert_eq!(network, Some(Network::default()));
}

fn download(status: u64) -> DraftTag {
    DraftTag::number(tag::PARTFILE, 7)
        .with(DraftTag::hash(tag::PARTFILE_HASH, MD4))
        .with(DraftTag::text(tag::PARTFILE_NAME, "T01.cbz"))
        .with(DraftTag::number(tag::PARTFILE_SIZE_FULL, 5_000_000_000))
        .with(DraftTag::number(tag::PARTFILE_SIZE_DONE, 4_000_000_000))
        .with(DraftTag::number(tag::PARTFILE_STATUS, status))
}

#[test]
fn what_a_download_is_at_is_told_apart() {
    let stopped = |download: DraftTag| download.with(DraftTag::number(tag::PARTFILE_STOPPED, 1));
    let given = DraftTag::number(tag::PARTFILE_SOURCE_COUNT_XFER, 2);
    for (download, state, doing) in [
        (download(0), "Waiting", Doing::Loading),
        (download(0).with(given), "Downloading", Doing::Loading),
        (download(1), "Waiting", Doing::Loading),
        (download(2), "Hashing", Doing::Waiting),
        (download(3), "Hashing", Doing::Waiting),
        (download(4), "Erroneous", Doing::Waiting),
        (download(5), "Insufficient disk space", Doing::Waiting),
        (download(7), "Paused", Doing::Waiting),
        (stopped(download(7)), "Stopped", Doing::Waiting),
        (stopped(download(0)), "Stopped", Doing::Waiting),
        (download(8), "Completing", Doing::Waiting),
        (download(9), "Complete", Doing::Waiting),
        (download(10), "Allocating", Doing::Waiting),
        (download(99), "Waiting", Doing::Waiting),
    ] {
        let packet = packet(&Draft::new(op::DLOAD_QUEUE).with(download));
        let holding = Holding::from(queue(&packet).next().expect("a download"));
        assert_eq!(
            (holding.state.as_str(), holding.sight.doing),
            (state, doing)
        );
        assert_eq!(holding.left_bytes, 1_000_000_000);
        assert_eq!(holding.sight.done_bytes, 4_000_000_000);
    }
}

#[test]
fn only_what_is_complete_counts_as_shared() {
    let file = |name, folder: Option<&str>| {
        let file = DraftTag::number(name, 7)
            .with(DraftTag::hash(tag::PARTFILE_HASH, MD4))
            .with(DraftTag::text(tag::PARTFILE_NAME, "T01.cbz"))
            .with(DraftTag::number(tag::PARTFILE_SIZE_FULL, 9));
        match folder {
            Some(folder) => file.with(DraftTag::text(tag::KNOWNFILE_FILENAME, folder)),
            None => file,
        }
    };
    for (name, folder, is_shared) in [
        (tag::KNOWNFILE, Some("/srv/Incoming"), true),
        (tag::KNOWNFILE, Some(r"D:\Incoming"), true),
        (tag::KNOWNFILE, Some("001.part"), false),
        (tag::KNOWNFILE, None, false),
        (tag::PARTFILE, Some("/srv/Incoming"), false),
    ] {
        let packet = packet(&Draft::new(op::SHARED_FILES).with(file(name, folder)));
        assert_eq!(
            shared(&packet).next().is_some(),
            is_shared,
            "{name} {folder:?}"
        );
    }
}

#[test]
fn warnings_say_how_it_is_connected() {
    let said = |bits, id: Option<u64>| {
        let connections = DraftTag::number(tag::CONNSTATE, bits);
        let connections = match id {
            Some(id) => connections.with(DraftTag::number(tag::ED2K_ID, id)),
            None => connections,
        };
        let packet = packet(&Draft::new(op::MISC_DATA).with(connections));
        let network = Network::read(&packet).expect("it says");
        let words = network
            .warnings()
            .map(|said| said.chars().take(20).collect::<String>());
        (network.is_up(), words.collect::<Vec<_>>())
    };
    for (bits, id, is_up, warnings) in [
        (0x08, None, false, vec!["it is connected neit"]),
        (0x02, Some(0xFFFF_FFFF), false, vec!["it is connected neit"]),
        (0x01, Some(0x0200_0000), true, vec![]),
        (0x01, Some(1000), true, vec!["its server gives it "]),
        (0x14, None, true, vec![]),
        (0x1C, None, true, vec!["Kad finds it firewal"]),
        (
            0x1D,
            Some(1000),
            true,
            vec!["its server gives it ", "Kad finds it firewal"],
        ),
    ] {
        let warnings = warnings.into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(said(bits, id), (is_up, warnings), "{bits:#x} {id:?}");
    }
    assert_eq!(Network::read(&packet(&Draft::new(op::MISC_DATA))), None);
}

#[test]
fn settings_are_read_with_what_is_missing_in_them() {
    let category = |index, title: &str, path: &str| {
        DraftTag::number(tag::CATEGORY, index)
            .with(DraftTag::text(tag::CATEGORY_TITLE, title))
            .with(DraftTag::text(tag::CATEGORY_PATH, path))
    };
    let none = Settings::read(&packet(&Draft::new(op::SET_PREFERENCES)));
    assert_eq!((&none, none.folder(None)), (&Settings::default(), None));
    let categories = DraftTag::new(tag::PREFS_CATEGORIES, 1, [])
        .with(category(0, "all", "/srv/Incoming"))
        .with(category(1, "manga", ""))
        .with(category(2, "bd", "/srv/bd"))
        .with(DraftTag::number(0x7000, 1));
    let folders = DraftTag::new(tag::PREFS_DIRECTORIES, 1, [])
        .with(DraftTag::text(tag::DIRECTORIES_INCOMING, "/srv/Incoming"));
    let files =
        DraftTag::new(tag::PREFS_FILES, 1, []).with(DraftTag::new(tag::FILES_NEW_PAUSED, 1, []));
    let answer = Draft::new(op::SET_PREFERENCES)
        .with(categories)
        .with(folders)
        .with(files);
    let settings = Settings::read(&packet(&answer));
    for (name, index, folder) in [
        ("manga", Some(1), "/srv/Incoming"),
        ("bd", Some(2), "/srv/bd"),
        ("Manga", None, "/srv/Incoming"),
    ] {
        let named = settings.named(name);
        assert_eq!(named.map(|known| known.index), index, "{name}");
        assert_eq!(settings.folder(named).as_deref(), Some(folder), "{name}");
    }
    assert!(settings.pauses_new);
}
