//! The codings that are read and never written.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use crate::download::amule::codec::{Draft, DraftTag, HEADER, Packet, Tag};

/// A tag as one to be sent.
fn draft_tag(read: Tag<'_>) -> DraftTag {
    let tag = DraftTag::new(read.name, read.kind, read.data);
    read.children().map(draft_tag).fold(tag, DraftTag::with)
}

/// A packet as one to be sent.
pub(super) fn draft(packet: &Packet) -> Draft {
    let tags = packet.tags().map(draft_tag);
    tags.fold(Draft::new(packet.op), Draft::with)
}

/// A payload as a frame with these flags.
pub(super) fn frame(flags: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length");
    let parts = [&flags.to_be_bytes()[..], &length.to_be_bytes(), payload];
    parts.concat()
}

/// The same, compressed.
pub(super) fn compressed(flags: u32, payload: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(payload).expect("memory");
    frame(flags, &encoder.finish().expect("memory"))
}

/// A number in the one to six bytes of UTF-8.
fn utf8_number(value: u32, to: &mut Vec<u8>) {
    if value < 0x80 {
        return to.push(low_byte(value));
    }
    let more = (1..6)
        .find(|more| value >> (5 * more + 6) == 0)
        .expect("31 bits");
    to.push(!(0xFF >> (more + 1)) | low_byte(value >> (6 * more)));
    for at in (0..more).rev() {
        to.push(0x80 | low_byte(value >> (6 * at)) & 0x3F);
    }
}

fn low_byte(value: u32) -> u8 {
    value.to_be_bytes()[3]
}

fn utf8_tags<'a>(tags: impl Iterator<Item = Tag<'a>>, to: &mut Vec<u8>) {
    let tags: Vec<Tag<'_>> = tags.collect();
    utf8_number(u32::try_from(tags.len()).expect("a count"), to);
    for tag in tags {
        let has_children = u32::from(tag.children().next().is_some());
        utf8_number(u32::from(tag.name) << 1 | has_children, to);
        utf8_number(u32::from(tag.kind), to);
        utf8_number(plain_length(tag), to);
        if has_children == 1 {
            utf8_tags(tag.children(), to);
        }
        to.extend(tag.data);
    }
}

fn plain_length(tag: Tag<'_>) -> u32 {
    let of_child = |child: Tag<'_>| {
        let count = if child.children().next().is_some() {
            2
        } else {
            0
        };
        7 + count + plain_length(child)
    };
    u32::try_from(tag.data.len()).expect("a length") + tag.children().map(of_child).sum::<u32>()
}

/// A payload with UTF-8 numbers.
pub(super) fn utf8_payload(packet: &Packet) -> Vec<u8> {
    let mut payload = Vec::new();
    utf8_number(packet.op.into(), &mut payload);
    utf8_tags(packet.tags(), &mut payload);
    payload
}

/// A packet in all codings that are read.
pub(super) fn codings(draft: &Draft) -> [Vec<u8>; 4] {
    let plain = draft.to_frame();
    let packet = Packet::from_frame(&plain).expect("what we write");
    let utf8 = utf8_payload(&packet);
    [
        compressed(0x21, &plain[HEADER..]),
        compressed(0x23, &utf8),
        frame(0x22, &utf8),
        plain,
    ]
}
