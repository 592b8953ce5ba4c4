use super::*;

fn feed(items: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:torznab="http://torznab.com/schemas/2015/feed"
        xmlns:newznab="http://www.newznab.com/DTD/2010/feeds/attributes/"><channel><title>Rig</title>
        <link>http://rig</link><category>search</category>{items}</channel></rss>"#
    )
}

fn offers(items: &str) -> Vec<RawOffer> {
    let feed = read(&feed(items)).expect("a feed");
    feed.offers("Rig").collect()
}

fn offer(items: &str) -> RawOffer {
    let mut offers = offers(items);
    assert_eq!(offers.len(), 1, "{items}");
    offers.remove(0)
}

const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn an_item_of_prowlarr_is_read_field_by_field() {
    let offer = offer(&format!(
        r#"<item><title>Naruto T03 &amp; T04 [CBZ]</title><description/><guid>https://rig/1</guid>
        <prowlarrindexer id="3" type="public">Nyaa</prowlarrindexer><comments>https://rig/c</comments>
        <pubDate>Sat, 14 Mar 2015 17:10:42 +0000</pubDate><size>80000000</size><link>http://p/3/download?apikey=k&amp;link=x</link>
        <category>7000</category><category>7030</category>
        <enclosure url="http://p/3/download?apikey=k&amp;link=x" length="80000000" type="application/x-bittorrent"/>
        <torznab:attr name="category" value="7000"/><torznab:attr name="category" value="7030"/>
        <torznab:attr name="seeders" value="5"/><torznab:attr name="InfoHash" value="{HASH}"/></item>"#
    ));
    assert_eq!(offer.title, "Naruto T03 & T04 [CBZ]");
    assert_eq!(
        (offer.guid.as_str(), offer.indexer.as_str()),
        ("https://rig/1", "Rig")
    );
    assert_eq!((offer.size, offer.seeders), (Some(80_000_000), Some(5)));
    assert_eq!(offer.published_at, Some(1_426_353_042_000));
    assert_eq!(offer.categories, [7000, 7030]);
    assert_eq!(offer.network, Some(Network::Torrent));
    assert_eq!(
        offer.content.map(|content| content.as_hex()).as_deref(),
        Some(HASH)
    );
    assert_eq!(
        offer.link.as_ref().map(ReleaseLink::expose),
        Some("http://p/3/download?apikey=k&link=x")
    );
}

#[test]
fn the_link_is_the_torrent_then_the_magnet_then_whatever_there_is() {
    let magnet = format!("magnet:?xt=urn:btih:{HASH}");
    for (parts, expected, has_hash) in [
        (
            format!(
                r#"<enclosure url="{magnet}" type="application/x-bittorrent;x-scheme-handler/magnet"/><enclosure url="http://t" type="application/x-bittorrent"/>"#
            ),
            "http://t",
            false,
        ),
        (
            format!(
                r#"<enclosure url="{magnet}" type="application/x-bittorrent;x-scheme-handler/magnet"/><link>http://l</link>"#
            ),
            &magnet,
            true,
        ),
        (
            format!(r#"<torznab:attr name="magneturl" value="{magnet}"/><link>http://l</link>"#),
            &magnet,
            true,
        ),
        ("<link>http://l</link>".to_owned(), "http://l", false),
        (format!("<guid>{magnet}</guid>"), &magnet, true),
    ] {
        let offer = offer(&format!("<item><title>x</title>{parts}</item>"));
        assert_eq!(
            offer.link.as_ref().map(ReleaseLink::expose),
            Some(expected),
            "{parts}"
        );
        assert_eq!(offer.content.is_some(), has_hash, "{parts}");
        assert_eq!(offer.network, Some(Network::Torrent));
    }
}

#[test]
fn what_no_client_takes_says_so_and_ed2k_is_known_by_itself() {
    let nzb = offer(
        r#"<item><title>x</title><enclosure url="http://n" type="application/x-nzb" length="7"/></item>"#,
    );
    assert_eq!((nzb.network, nzb.size), (None, Some(7)));
    let ed2k = "ed2k://|file|x.cbz|1000|0123456789abcdef0123456789abcdef|/";
    let ed2k = offer(&format!("<item><title>x</title><link>{ed2k}</link></item>"));
    assert_eq!(ed2k.network, Some(Network::Ed2k));
    assert!(ed2k.content.is_some_and(|content| content.ed2k().is_some()));
}

#[test]
fn what_is_absent_or_absurd_is_unknown() {
    let offer = offer(
        r#"<item><title> a
        b </title><link>http://l</link><size>0</size><pubDate>yesterday</pubDate><category>Comics</category>
        <torznab:attr name="seeders" value="-1"/><torznab:attr name="size" value="99999999999999999999"/><torznab:attr/></item>"#,
    );
    assert!(
        !offer.title.chars().any(char::is_control),
        "{:?}",
        offer.title
    );
    assert_eq!(
        (offer.size, offer.seeders, offer.published_at),
        (None, None, None)
    );
    assert_eq!(offer.categories, Vec::<u32>::new());
    assert_eq!(offer.guid, "http://l");
    // No name, no link.
    assert_eq!(
        offers("<item><link>http://l</link></item><item><title>x</title></item>"),
        []
    );
}

#[test]
fn a_day_of_the_week_that_is_wrong_does_not_matter() {
    let at = Some(1_426_353_042_000);
    for text in [
        "Sat, 14 Mar 2015 17:10:42 +0000",
        "Mon, 14 Mar 2015 17:10:42 +0000",
        "14 Mar 2015 18:10:42 +0100",
        "2015-03-14T17:10:42Z",
    ] {
        assert_eq!(published(text), at, "{text}");
    }
    assert_eq!(published("Mon, 01 Jan 0001 00:00:00 +0000"), None);
}

#[test]
fn refusals_and_what_is_no_feed_are_told_apart() {
    assert_eq!(
        refusal(
            r#"<?xml version="1.0"?><error code="100" description="Incorrect user credentials"/>"#
        ),
        Some(Refusal {
            code: 100,
            description: "Incorrect user credentials".into()
        })
    );
    assert_eq!(refusal(&feed("<item><title>x</title></item>")), None);
    assert_eq!(refusal(""), None);
    for text in ["", "{}", "<html><body>login</body></html>", "<caps/>"] {
        assert!(read(text).is_err(), "{text}");
    }
    let whole = feed("<item><title>x</title><link>l</link></item>");
    for end in ["</rss>", "</channel></rss>", "</item></channel></rss>"] {
        let cut = whole.strip_suffix(end).expect("its end");
        assert!(read(cut).is_err(), "{cut}");
    }
}

#[test]
fn a_page_says_of_how_many_it_is_a_part() {
    let page = read(&feed(r#"<newznab:response offset="0" total="1234"/>"#)).expect("a feed");
    assert_eq!((page.total, page.len()), (Some(1234), 0));
}

#[test]
fn whether_it_is_open_to_everyone_stands_in_its_items() {
    for (part, expected) in [
        (
            r#"<prowlarrindexer id="3" type="public">Nyaa</prowlarrindexer>"#,
            Some(true),
        ),
        (
            r#"<prowlarrindexer id="3" type="semi-private">Half</prowlarrindexer>"#,
            Some(false),
        ),
        ("<type>public</type>", Some(true)),
        ("<type>private</type>", Some(false)),
        ("", None),
    ] {
        let page = read(&feed(&format!("<item><title>x</title>{part}</item>")));
        assert_eq!(page.expect("a feed").is_public(), expected, "{part}");
    }
}

#[test]
fn a_flood_is_cut() {
    let long = "a".repeat(LONGEST * 2);
    let items = format!("<item><title>{long}</title><link>l</link></item>");
    let page = read(&feed(&items.repeat(3))).expect("a feed");
    assert!(page.items.iter().all(|item| item.title.len() == LONGEST));
    let page = read(&feed(
        &"<item><title>x</title><link>l</link></item>".repeat(MOST_ITEMS + 5),
    ));
    assert_eq!(page.expect("a feed").len(), MOST_ITEMS);
}
