//! Some of the files of a torrent: it is held back, its files are chosen, then it starts.

use super::*;

const PIECE: u64 = 256 * 1024;

/// Three volumes that share no piece.
fn pack(name: &str) -> Torrent {
    Torrent::new(name)
        .claims("T01.cbz", 2 * PIECE)
        .claims("T02.cbz", 3 * PIECE)
        .claims("T03.cbz", 4 * PIECE)
}

async fn wanted(client: &QBittorrent, torrent: &Torrent) -> Vec<bool> {
    let contents = client.contents(&id(torrent)).await.expect("an answer");
    let files = contents.expect("it is listed").files;
    files.into_iter().map(|file| file.wanted).collect()
}

impl Bench {
    async fn state(&self, torrent: &Torrent) -> String {
        let fields = self.fields(torrent).await;
        fields["state"].as_str().expect("a state").to_owned()
    }

    async fn is_stopped(&self, torrent: &Torrent) -> bool {
        ["pausedDL", "stoppedDL"].contains(&self.state(torrent).await.as_str())
    }
}

#[tokio::test]
async fn of_a_held_torrent_only_what_is_chosen_is_fetched() {
    for bench in Bench::both().await {
        let (client, version) = (bench.client(), bench.version);
        let pack = pack("Chosen pack");
        let payload = bytes_of(&pack);
        assert_eq!(client.add_held(&payload).await.expect("new"), Added::New);
        let there = client.add_held(&payload).await.expect("there");
        assert_eq!(there, Added::AlreadyThere, "{version}");
        eventually("it is held", 10, async || bench.is_stopped(&pack).await).await;
        assert_eq!(wanted(&client, &pack).await, [true; 3], "{version}");
        // Twice is as good as once, and an empty choice is none.
        for files in [&[0, 2][..], &[0, 2], &[]] {
            let chosen = client.want(&payload.id(), files, false).await;
            chosen.expect("chosen");
        }
        for _ in 0..2 {
            client.start(&payload.id()).await.expect("started");
        }
        assert_eq!(wanted(&client, &pack).await, [false, true, false]);
        let fetches = async |bytes: u64| {
            let what = format!("{version} fetches {bytes}");
            eventually(&what, 10, async || {
                let fields = bench.fields(&pack).await;
                fields["size"] == bytes && fields["amount_left"] == bytes
            })
            .await;
        };
        fetches(3 * PIECE).await;
        let what = format!("{version} has started it");
        eventually(&what, 10, async || !bench.is_stopped(&pack).await).await;
        // One more, later.
        client
            .want(&payload.id(), &[0], true)
            .await
            .expect("chosen");
        assert_eq!(wanted(&client, &pack).await, [true, true, false]);
        fetches(5 * PIECE).await;
    }
}

#[tokio::test]
async fn what_it_does_not_list_is_no_fault_and_a_wrong_file_is() {
    for bench in Bench::both().await {
        let client = bench.client();
        let (unknown, known) = (pack("Chosen nowhere"), pack("Chosen wrongly"));
        client.want(&id(&unknown), &[0], false).await.expect("none");
        client.start(&id(&unknown)).await.expect("none");
        client.add_held(&bytes_of(&known)).await.expect("new");
        let magnet = torrent("Chosen too early.cbz");
        client.add_held(&magnet_of(&magnet)).await.expect("new");
        for (torrent, file) in [(&known, 3), (&magnet, 0)] {
            let refused = client.want(&id(torrent), &[file], false).await;
            let refused = refused.expect_err("there is no such file");
            assert!(
                matches!(refused, PortError::Status { status: 409, .. }),
                "{}: {refused:?}",
                bench.version
            );
        }
    }
}

#[tokio::test]
async fn a_held_magnet_looks_for_its_metadata_also_where_all_stays_stopped() {
    for bench in Bench::own().await {
        for paused in [false, true] {
            let client = QBittorrent::new(QBittorrentConfig {
                paused,
                ..config(&bench.url)
            });
            let magnet = torrent(&format!("Held magnet {paused}.cbz"));
            client.add_held(&magnet_of(&magnet)).await.expect("new");
            let what = format!("{} looks for metadata", bench.version);
            eventually(&what, 10, async || bench.state(&magnet).await == "metaDL").await;
        }
    }
}

#[tokio::test]
async fn where_all_stays_stopped_a_choice_starts_nothing() {
    for bench in Bench::both().await {
        let client = QBittorrent::new(QBittorrentConfig {
            paused: true,
            ..config(&bench.url)
        });
        let pack = pack("Chosen and stopped");
        client.add_held(&bytes_of(&pack)).await.expect("new");
        client.want(&id(&pack), &[1], false).await.expect("chosen");
        client.start(&id(&pack)).await.expect("no fault");
        let what = format!("{} holds it", bench.version);
        eventually(&what, 10, async || bench.is_stopped(&pack).await).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(bench.is_stopped(&pack).await, "{}", bench.version);
        assert_eq!(wanted(&client, &pack).await, [true, false, true]);
    }
}

/// Two real ones: one has everything, the other one asks it for the metadata first, and for two files of three then.
#[tokio::test]
async fn a_magnet_stops_with_its_metadata_and_fetches_what_is_chosen() {
    let swarm = Swarm::start();
    let volume = |name: &str| name.repeat(20_000);
    let pack = Torrent::new("Magnet pack")
        .file("T01.cbz", volume("one"))
        .file("T02.cbz", volume("two"))
        .file("T03.cbz", volume("three"));
    let pack = swarm.joined(pack);
    swarm.seed(&pack).await;
    let taker = &swarm.client;
    let takes = QBittorrent::new(QBittorrentConfig {
        category: String::new(),
        ..config(&taker.url())
    });
    let hash = pack.hashes().id();
    let state = async |api: &WebApi| api.torrent(&hash).await.expect("listed")["state"].clone();

    let magnet = magnet_of(&pack);
    takes.add_held(&magnet).await.expect("added");
    let taken = WebApi::login(taker.url()).await;
    eventually("it stops", 60, async || state(&taken).await == "pausedDL").await;
    assert_eq!(wanted(&takes, &pack).await, [true; 3]);
    assert_eq!(taken.torrent(&hash).await.expect("listed")["completed"], 0);
    takes.want(&id(&pack), &[0], false).await.expect("chosen");
    takes.start(&id(&pack)).await.expect("started");
    eventually("it has what was chosen", 60, async || {
        let files = taken.get(&format!("torrents/files?hash={hash}")).await;
        files[1]["progress"] == 1 && files[2]["progress"] == 1
    })
    .await;
    assert_eq!(wanted(&takes, &pack).await, [false, true, true]);
    let data = taker.downloads().join("Magnet pack");
    let third = std::fs::read(data.join("T03.cbz")).expect("a file");
    assert_eq!(third, volume("three").into_bytes());
    // Of what is not wanted there is only what shares a piece with its neighbour.
    let files = taken.get(&format!("torrents/files?hash={hash}")).await;
    let of_first = files[0]["progress"].as_f64();
    assert!(of_first.is_some_and(|part| part < 0.5), "{files}");
}
