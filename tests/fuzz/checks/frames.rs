//! What holds for all bytes that come from an aMule: they are a packet that can be written and read again, or an error.

use super::amule::codec::{Draft, DraftTag, HEADER, Header, MOST_BYTES, Packet, Tag};

/// The input as it is, and as a payload behind a header that fits it, in each coding.
pub fn check(input: &[u8]) {
    check_frame(input);
    for flags in 0x20..=0x23_u32 {
        let length = u32::try_from(input.len()).expect("libFuzzer makes small inputs");
        let frame = [&flags.to_be_bytes()[..], &length.to_be_bytes(), input].concat();
        check_frame(&frame);
    }
}

fn check_frame(frame: &[u8]) {
    if let Some(header) = frame.first_chunk::<HEADER>() {
        let most = MOST_BYTES / 2;
        assert!(Header::parse(*header, most).map_or(true, |header| header.length <= most));
    }
    let Ok(packet) = Packet::from_frame(frame) else {
        return;
    };
    packet.tags().for_each(look);
    let written = draft(&packet).to_frame();
    let again = Packet::from_frame(&written).expect("what we write");
    assert_eq!(draft(&again), draft(&packet), "written and read");
    assert_eq!(draft(&again).to_frame(), written, "read and written");
}

/// Every value is there or not, and never larger than what holds it.
fn look(tag: Tag<'_>) {
    if let Some(text) = tag.text() {
        assert!(
            text.len() <= 3 * tag.data.len(),
            "a broken byte becomes three"
        );
    }
    assert!(tag.hash().is_none_or(|hash| hash == tag.data), "a hash");
    assert!(tag.number().is_none() || tag.data.len() <= 8, "a number");
    tag.children().for_each(look);
}

fn draft(packet: &Packet) -> Draft {
    packet
        .tags()
        .map(draft_tag)
        .fold(Draft::new(packet.op), Draft::with)
}

fn draft_tag(read: Tag<'_>) -> DraftTag {
    let tag = DraftTag::new(read.name, read.kind, read.data);
    read.children().map(draft_tag).fold(tag, DraftTag::with)
}
