use super::*;
use crate::download::amule::{
    codec::{Draft, DraftTag, names::op},
    recorded::last_answer,
};

const MD4: [u8; 16] = *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";

fn packet(draft: &Draft) -> Packet {
    Packet::from_frame(&draft.to_frame()).expect("what we write")
}

#[test]
fn a_recorded_download_is_read() {
    let packet = last_answer("amulecmd show dl, one download");
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
