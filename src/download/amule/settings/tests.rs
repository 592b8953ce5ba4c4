use super::*;
use crate::download::amule::{
    codec::{Draft, DraftTag, names::op},
    recorded::last_answer,
};

fn packet(draft: &Draft) -> Packet {
    Packet::from_frame(&draft.to_frame()).expect("what we write")
}

#[test]
fn recorded_connections_are_read() {
    // It was not connected to anything, and Kad, which was off, is called firewalled then.
    let network = Network::read(&last_answer("amulecmd status"));
    assert_eq!(network, Some(Network::default()));
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
