use proptest::{collection::vec, prelude::*};

use super::{
    names::{kind, op, tag},
    *,
};
use crate::download::amule::recorded::sessions;

mod codings;

use codings::{codings, compressed, draft, frame, utf8_payload};

// ------------------------------------------------- what was recorded

#[test]
fn all_that_was_recorded_is_read_and_written_again() {
    for session in sessions() {
        for (at, recorded) in session.frames.iter().enumerate() {
            let packet = session.packet(at);
            let title = session.title;
            assert_eq!(frame(0x22, &utf8_payload(&packet)), *recorded, "{title}");
            // What we would send in its place says the same.
            let ours = Packet::from_frame(&draft(&packet).to_frame());
            assert_eq!(ours.as_ref(), Ok(&packet), "{title}");
        }
    }
}

/// Byte for byte what amuled 2.3.3 took from a client that asked for nothing special; hash and link of the last two are others.
#[test]
fn requests_are_written_as_amuled_took_them() {
    let hello = Draft::new(op::AUTH_REQ)
        .with(DraftTag::text(tag::CLIENT_NAME, "ecprobe"))
        .with(DraftTag::text(tag::CLIENT_VERSION, "0.1"))
        .with(DraftTag::number(tag::PROTOCOL_VERSION, 0x0204));
    let hash = *b"\x04\x26\xdc\x3e\xa6\xdd\x2f\xda\x70\x13\xe4\x92\x3e\xda\xe0\x20";
    let proof = Draft::new(op::AUTH_PASSWD).with(DraftTag::hash(tag::PASSWD_HASH, hash));
    let list = Draft::new(op::GET_DLOAD_QUEUE).with(DraftTag::number(0x0004, 0));
    let pause = Draft::new(op::PARTFILE_PAUSE).with(DraftTag::hash(tag::PARTFILE, hash));
    let link = format!(
        "ed2k://|file|Test.Manga.T02.cbz|1234567|{}|/",
        "0123456789ABCDEF".repeat(2)
    );
    let named = DraftTag::text(tag::STRING, &link).with(DraftTag::number(tag::PARTFILE_CAT, 1));
    let add = Draft::new(op::ADD_LINK).with(named);
    for (draft, bytes) in [
        (
            hello,
            "00000020 00000026 02 0003 \
             0200 06 00000008 656370726f626500 0202 06 00000004 302e3100 0004 03 00000002 0204",
        ),
        (
            proof,
            "00000020 0000001a 50 0001 0002 09 00000010 0426dc3ea6dd2fda7013e4923edae020",
        ),
        (list, "00000020 0000000b 0d 0001 0008 02 00000001 00"),
        (
            pause,
            "00000020 0000001a 19 0001 0600 09 00000010 0426dc3ea6dd2fda7013e4923edae020",
        ),
        (
            add,
            "00000020 0000005f 09 0001 0001 06 00000053 0001 061e 02 00000001 01 \
             6564326b3a2f2f7c66696c657c546573742e4d616e67612e5430322e63627a7c313233343536377c\
             30313233343536373839414243444546303132333435363738394142434445467c2f00",
        ),
    ] {
        assert_eq!(hex::encode(draft.to_frame()), bytes.replace(' ', ""));
    }
}

#[test]
fn a_number_is_read_in_every_width() {
    for (kind, data, number) in [
        (kind::U8, &[7][..], Some(7)),
        (kind::U16, &[1, 7], Some(0x107)),
        (kind::U32, &[0, 0, 1, 7], Some(0x107)),
        (kind::U64, &[0, 0, 0, 0, 0, 0, 1, 7], Some(0x107)),
        (kind::U64, &[0xFF; 8], Some(u64::MAX)),
        (kind::U32, &[1, 7], None),
        (kind::U8, &[], None),
        (kind::STRING, &[7], None),
    ] {
        let frame = Draft::new(1).with(DraftTag::new(5, kind, data)).to_frame();
        let packet = Packet::from_frame(&frame).expect("a packet");
        assert_eq!(packet.tag(5).expect("a tag").number(), number, "{kind}");
    }
}

// ------------------------------------------------- what is none

#[test]
fn a_frame_that_is_cut_anywhere_is_no_packet() {
    let mut frames: Vec<Vec<u8>> = sessions()
        .into_iter()
        .flat_map(|session| session.frames)
        .collect();
    let nested =
        DraftTag::text(1, "text").with(DraftTag::number(2, 70_000).with(DraftTag::number(3, 1)));
    frames.extend(codings(
        &Draft::new(1).with(nested).with(DraftTag::hash(4, [9; 16])),
    ));
    for frame in frames {
        Packet::from_frame(&frame).expect("whole");
        for end in 0..frame.len() {
            assert_eq!(
                Packet::from_frame(&frame[..end]),
                Err(CodecError::Cut),
                "at {end}"
            );
            // The same with a header that agrees: then it is the packet that ends too early.
            if let Some(payload) = frame[..end].get(HEADER..) {
                let mut cut = frame[..HEADER].to_vec();
                cut[4..].copy_from_slice(
                    &u32::try_from(payload.len())
                        .expect("a length")
                        .to_be_bytes(),
                );
                cut.extend(payload);
                assert!(Packet::from_frame(&cut).is_err(), "at {end}");
            }
        }
        let long = [&frame[..], &[0]].concat();
        assert_eq!(Packet::from_frame(&long), Err(CodecError::Leftover));
    }
}

#[test]
fn flags_and_lengths_that_are_not_ours_are_refused_before_anything_is_read() {
    for flags in [
        0x00,
        0x28,
        0x30,
        0x40,
        0x60,
        0x62,
        0x24,
        0x8000_0020,
        0x4854_5450,
    ] {
        let header = frame(flags, &[1, 0, 0])[..HEADER]
            .try_into()
            .expect("a header");
        assert_eq!(
            Header::parse(header, MOST_BYTES),
            Err(CodecError::Flags),
            "{flags:x}"
        );
    }
    for (length, is_taken) in [(0, true), (100, true), (101, false), (u32::MAX, false)] {
        let mut header = [0, 0, 0, 0x20, 0, 0, 0, 0];
        header[4..].copy_from_slice(&u32::to_be_bytes(length));
        assert_eq!(Header::parse(header, 100).is_ok(), is_taken, "{length}");
    }
}

#[test]
fn broken_tags_are_told_apart() {
    for (payload, error) in [
        ("", CodecError::Cut),
        ("01", CodecError::Cut),
        ("01 0001", CodecError::Cut),
        // A length that goes beyond the end.
        ("01 0001 0002 02 ffffffff 00", CodecError::Cut),
        ("01 0000 00", CodecError::Leftover),
        // A tag that says two bytes and holds a child of eight.
        (
            "01 0001 0003 02 00000002 0001 0004 02 00000001 07",
            CodecError::Overlap,
        ),
        // More children than there are bytes.
        (
            "01 0001 0003 02 00000008 ffff 0004 02 00000001 07",
            CodecError::Overlap,
        ),
    ] {
        let payload = hex::decode(payload.replace(' ', "")).expect("hexadecimal digits");
        assert_eq!(Packet::from_frame(&frame(0x20, &payload)), Err(error));
    }
    for (payload, error) in [
        ("01 01 02 02 04 0001", CodecError::Cut),
        ("01 01 03 02 02 01 04 02 01 07 00", CodecError::Overlap),
        ("80", CodecError::Number),
        ("c2 00", CodecError::Number),
        // The number of an operation has one byte, that of a kind too.
        ("c480 00", CodecError::Number),
        ("01 01 02 c480 00", CodecError::Number),
        ("01 00 00", CodecError::Leftover),
    ] {
        let payload = hex::decode(payload.replace(' ', "")).expect("hexadecimal digits");
        assert_eq!(
            Packet::from_frame(&frame(0x22, &payload)),
            Err(error),
            "{payload:x?}"
        );
    }
    assert_eq!(
        Packet::from_frame(&frame(0x21, b"no zlib")),
        Err(CodecError::Zlib)
    );
}

#[test]
fn tags_in_tags_without_end_are_refused() {
    let nested = |depth| {
        (0..depth).fold(DraftTag::number(1, 1), |tag, _| {
            DraftTag::number(1, 1).with(tag)
        })
    };
    for (depth, is_taken) in [(MOST_DEPTH, true), (MOST_DEPTH + 1, false), (5_000, false)] {
        let plain = Draft::new(1).with(nested(depth)).to_frame();
        assert_eq!(Packet::from_frame(&plain).is_ok(), is_taken, "{depth}");
    }
    // The same with UTF-8 numbers, where each level takes few bytes.
    let deep: Vec<u8> = [1, 1]
        .into_iter()
        .chain([3, 2, 100, 1].repeat(200_000))
        .collect();
    assert_eq!(
        Packet::from_frame(&frame(0x22, &deep)),
        Err(CodecError::TooDeep)
    );
}

#[test]
fn what_is_small_and_unpacks_to_much_is_refused() {
    let bomb = compressed(0x21, &vec![0; MOST_BYTES + 1]);
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    let error = Packet::from_frame(&bomb).expect_err("too long");
    assert!(matches!(error, CodecError::TooLong { .. }), "{error}");
}

#[test]
fn too_many_tags_are_refused() {
    let of = |children: u16| {
        let length = u32::from(children) * 7;
        let mut tag = vec![0, 3, 0];
        tag.extend(length.to_be_bytes());
        tag.extend(children.to_be_bytes());
        tag.extend([0, 2, 0, 0, 0, 0, 0].repeat(children.into()));
        tag
    };
    for (tags, is_taken) in [(30, true), (31, false)] {
        let mut payload = vec![1, 0, tags];
        payload.extend(of(u16::MAX).repeat(tags.into()));
        assert!(payload.len() < MOST_BYTES);
        let read = Packet::from_frame(&frame(0x20, &payload));
        assert_eq!(read.is_ok(), is_taken, "{tags}: {:?}", read.err());
    }
}

// ------------------------------------------------- what holds for all

fn any_tag() -> impl Strategy<Value = DraftTag> {
    let leaf = (0..0x8000_u16, any::<u8>(), vec(any::<u8>(), 0..40));
    let leaf = leaf.prop_map(|(name, kind, data)| DraftTag::new(name, kind, data));
    leaf.prop_recursive(6, 60, 5, |inner| {
        let tag = (
            0..0x8000_u16,
            any::<u8>(),
            vec(any::<u8>(), 0..300),
            vec(inner, 0..5),
        );
        tag.prop_map(|(name, kind, data, children)| {
            let tag = DraftTag::new(name, kind, data);
            children.into_iter().fold(tag, DraftTag::with)
        })
    })
}

fn any_draft() -> impl Strategy<Value = Draft> {
    (any::<u8>(), vec(any_tag(), 0..6))
        .prop_map(|(op, tags)| tags.into_iter().fold(Draft::new(op), Draft::with))
}

proptest! {
    #[test]
    fn what_is_written_is_read(sent in any_draft()) {
        for frame in codings(&sent) {
            let packet = Packet::from_frame(&frame).expect("whole");
            prop_assert_eq!(draft(&packet), sent.clone());
        }
    }

    #[test]
    fn values_are_read_as_they_were_given(number: u64, hash: [u8; 16], text in "[^\0]{0,50}") {
        let sent = Draft::new(1)
            .with(DraftTag::number(1, number))
            .with(DraftTag::hash(2, hash))
            .with(DraftTag::text(3, &text));
        let packet = Packet::from_frame(&sent.to_frame()).expect("whole");
        prop_assert_eq!(packet.tag(1).and_then(|tag| tag.number()), Some(number));
        prop_assert_eq!(packet.tag(2).and_then(|tag| tag.hash()), Some(hash));
        prop_assert_eq!(packet.tag(3).and_then(|tag| tag.text()), Some(text));
    }

    /// Whatever the bytes are: no panic, and what is a packet can be written and read again.
    #[test]
    fn garbage_is_a_packet_or_an_error(coding in 0..4_u32, payload in vec(any::<u8>(), 0..300)) {
        if let Ok(packet) = Packet::from_frame(&frame(0x20 | coding, &payload)) {
            let again = Packet::from_frame(&draft(&packet).to_frame()).expect("whole");
            prop_assert_eq!(draft(&again), draft(&packet));
        }
    }

    #[test]
    fn a_frame_with_other_bytes_in_it_is_a_packet_or_an_error(
        sent in any_draft(),
        changes in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        for mut frame in codings(&sent) {
            for (at, byte) in &changes {
                let at = at.index(frame.len());
                frame[at] = *byte;
            }
            if let Ok(packet) = Packet::from_frame(&frame) {
                let again = Packet::from_frame(&draft(&packet).to_frame()).expect("whole");
                prop_assert_eq!(draft(&again), draft(&packet));
            }
        }
    }
}
