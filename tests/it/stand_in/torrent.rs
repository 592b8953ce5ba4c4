//! Makes and reads torrent files, apart from the program's own code. BEP 3, and BEP 52 for one small file.

use std::{collections::BTreeMap, path::Path};

use sha1::{Digest, Sha1};
use sha2::Sha256;

/// The passkey that every announce address carries; it must not show up anywhere else.
pub const PASSKEY: &str = "PLANTED-PASSKEY";

const SMALL_PIECE: u64 = 16 * 1024;
const LARGE_PIECE: u64 = 256 * 1024;

/// Which infohashes a torrent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V1,
    V2,
    Hybrid,
}

#[derive(Clone, Debug)]
enum Content {
    Bytes(Vec<u8>),
    Claimed(u64),
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Claimed(size) => *size,
        }
    }
}

/// A torrent that is being described.
#[derive(Clone, Debug)]
pub struct Torrent {
    name: String,
    files: Vec<(String, Content)>,
    announce: Option<String>,
    private: bool,
    version: Version,
}

impl Torrent {
    /// With a name and no file yet. A single file that bears the name itself makes a single-file torrent.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            files: Vec::new(),
            announce: Some(format!("http://127.0.0.1:9/{PASSKEY}/announce")),
            private: false,
            version: Version::V1,
        }
    }

    /// Adds a file with its content, so that [`Torrent::write_data`] makes a complete download.
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files
            .push((path.into(), Content::Bytes(content.into())));
        self
    }

    /// Adds a file that only has a size.
    pub fn claims(mut self, path: &str, size: u64) -> Self {
        self.files.push((path.into(), Content::Claimed(size)));
        self
    }

    /// Another announce address; none makes a torrent without tracker.
    pub fn announce(mut self, url: Option<&str>) -> Self {
        self.announce = url.map(str::to_owned);
        self
    }

    /// Sets the private flag.
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// Only a v2 infohash. One file of at most 16 KiB.
    pub fn v2(mut self) -> Self {
        self.version = Version::V2;
        self
    }

    /// Both infohashes. One file of at most 16 KiB.
    pub fn hybrid(mut self) -> Self {
        self.version = Version::Hybrid;
        self
    }

    /// The torrent file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut top = BTreeMap::from([("info", self.info())]);
        if let Some(announce) = &self.announce {
            top.insert("announce", text(announce));
        }
        if self.version != Version::V1 {
            // Files of one piece have no layers (BEP 52).
            top.insert("piece layers", dictionary(BTreeMap::new()));
        }
        dictionary(top)
    }

    /// Bytes of all its files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|(_, content)| content.size()).sum()
    }

    /// What identifies it.
    pub fn hashes(&self) -> Hashes {
        read(&self.bytes()).expect("what we make can be read")
    }

    /// With the tracker's passkey, as private trackers' magnets carry it.
    pub fn magnet(&self) -> String {
        let hashes = self.hashes();
        let v1 = hashes.v1.map(|v1| format!("&xt=urn:btih:{v1}"));
        let v2 = hashes.v2.map(|v2| format!("&xt=urn:btmh:1220{v2}"));
        let mut magnet = format!(
            "magnet:?{}",
            [v1, v2].into_iter().flatten().collect::<String>()
        );
        magnet = magnet.replacen("?&", "?", 1);
        let mut add = |key: &str, value: &str| {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let value = value.replace("+", "%20");
            magnet.push_str(&format!("&{key}={value}"));
        };
        add("dn", &self.name);
        if let Some(announce) = &self.announce {
            add("tr", announce);
        }
        magnet
    }

    /// Writes the content where a client with this save path looks for it.
    pub fn write_data(&self, save_path: &Path) {
        for (path, content) in &self.files {
            let Content::Bytes(bytes) = content else {
                panic!("{path} has a size but no content");
            };
            let path = match self.is_single() {
                true => save_path.join(&self.name),
                false => save_path.join(&self.name).join(path),
            };
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
    }

    fn is_single(&self) -> bool {
        matches!(&self.files[..], [(path, _)] if *path == self.name)
    }

    fn info(&self) -> Vec<u8> {
        let piece = match self
            .files
            .iter()
            .any(|(_, content)| matches!(content, Content::Claimed(_)))
        {
            true => LARGE_PIECE,
            false => SMALL_PIECE,
        };
        let mut info =
            BTreeMap::from([("name", text(&self.name)), ("piece length", integer(piece))]);
        if self.private {
            info.insert("private", integer(1));
        }
        if self.version != Version::V2 {
            info.insert("pieces", string(&self.pieces(piece)));
            if self.is_single() {
                info.insert("length", integer(self.files[0].1.size()));
            } else {
                info.insert(
                    "files",
                    list(self.files.iter().map(|(path, content)| {
                        let path = list(path.split('/').map(text));
                        dictionary(BTreeMap::from([
                            ("length", integer(content.size())),
                            ("path", path),
                        ]))
                    })),
                );
            }
        }
        if self.version != Version::V1 {
            info.insert("meta version", integer(2));
            info.insert("file tree", self.tree());
        }
        dictionary(info)
    }

    fn pieces(&self, piece: u64) -> Vec<u8> {
        let mut data = Vec::new();
        let total: u64 = self.files.iter().map(|(_, content)| content.size()).sum();
        for (_, content) in &self.files {
            match content {
                Content::Bytes(bytes) => data.extend_from_slice(bytes),
                // Nothing can ever match these pieces, and nothing has to.
                Content::Claimed(_) => {
                    let filler = |n| Sha1::digest(format!("{}{n}", self.name));
                    return (0..total.div_ceil(piece)).flat_map(filler).collect();
                }
            }
        }
        data.chunks(piece as usize).flat_map(Sha1::digest).collect()
    }

    fn tree(&self) -> Vec<u8> {
        let (true, [(_, Content::Bytes(bytes))]) = (self.is_single(), &self.files[..]) else {
            panic!("v2 and hybrid torrents are made of one file with content that bears the name");
        };
        assert!(
            bytes.len() as u64 <= SMALL_PIECE,
            "one block is its own Merkle root"
        );
        let file = dictionary(BTreeMap::from([
            ("length", integer(bytes.len() as u64)),
            ("pieces root", string(&Sha256::digest(bytes))),
        ]));
        let leaf = dictionary(BTreeMap::from([("", file)]));
        dictionary(BTreeMap::from([(self.name.as_str(), leaf)]))
    }
}

/// What identifies a torrent, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// SHA-1 of `info`, unless it is v2 only.
    pub v1: Option<String>,
    /// SHA-256 of `info`, when it is v2 or hybrid.
    pub v2: Option<String>,
    /// Its name.
    pub name: String,
}

impl Hashes {
    /// As qBittorrent lists it: the v2 hash cut to 40 digits before the v1 hash.
    pub fn id(&self) -> String {
        match (&self.v2, &self.v1) {
            (Some(v2), _) => v2[..40].to_owned(),
            (None, v1) => v1.clone().expect("one of the two"),
        }
    }
}

/// Reads a torrent file; none when it is not one.
pub fn read(bytes: &[u8]) -> Option<Hashes> {
    let info = value_of(bytes, b"info")?;
    let v2 = value_of(info, b"meta version") == Some(b"i2e");
    let v1 = !v2 || value_of(info, b"pieces").is_some();
    let name = value_of(info, b"name")?;
    let colon = name.iter().position(|byte| *byte == b':')?;
    value_of(info, b"piece length")?;
    Some(Hashes {
        v1: v1.then(|| hex::encode(Sha1::digest(info))),
        v2: v2.then(|| hex::encode(Sha256::digest(info))),
        name: String::from_utf8_lossy(&name[colon + 1..]).into_owned(),
    })
}

/// Bytes of all its files; none when it is no torrent file.
pub fn size(bytes: &[u8]) -> Option<u64> {
    let info = value_of(bytes, b"info")?;
    let files = [b"length".as_slice(), b"files", b"file tree"];
    let found = files
        .iter()
        .find_map(|key| Some((*key, value_of(info, key)?)))?;
    match found {
        (b"length", length) => number(length),
        (_, files) => Some(lengths(files)),
    }
}

/// Its files with their bytes, as a client that has its metadata lists them; none of a v2 torrent.
pub fn files(bytes: &[u8]) -> Vec<(String, u64)> {
    let read = || {
        let info = value_of(bytes, b"info")?;
        let name = text_of(value_of(info, b"name")?)?;
        if let Some(length) = value_of(info, b"length") {
            return Some(vec![(name, number(length)?)]);
        }
        let file = |item: &[u8]| {
            let path: Option<Vec<String>> = items(value_of(item, b"path")?).map(text_of).collect();
            let path = format!("{name}/{}", path?.join("/"));
            Some((path, number(value_of(item, b"length")?)?))
        };
        items(value_of(info, b"files")?).map(file).collect()
    };
    read().unwrap_or_default()
}

/// The values of a list.
fn items(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = &list[1..];
    std::iter::from_fn(move || {
        let (item, rest) = at.split_at(end_of(at)?);
        at = rest;
        (!item.is_empty()).then_some(item)
    })
}

fn text_of(value: &[u8]) -> Option<String> {
    let colon = value.iter().position(|byte| *byte == b':')?;
    Some(String::from_utf8_lossy(&value[colon + 1..]).into_owned())
}

/// The sum of every `length` in a list or dictionary.
fn lengths(value: &[u8]) -> u64 {
    let is_dictionary = value.starts_with(b"d");
    let (mut at, mut sum, mut key) = (&value[1..], 0, None);
    while let Some(end) = end_of(at) {
        let item = &at[..end];
        at = &at[end..];
        if is_dictionary && key.is_none() {
            key = Some(item);
            continue;
        }
        sum += match (key.take(), item[0]) {
            (Some(b"6:length"), b'i') => number(item).unwrap_or(0),
            (_, b'd' | b'l') => lengths(item),
            _ => 0,
        };
    }
    sum
}

fn number(value: &[u8]) -> Option<u64> {
    let digits = value.strip_prefix(b"i")?.strip_suffix(b"e")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The raw value of a key of a dictionary.
fn value_of<'a>(bytes: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut at = bytes.strip_prefix(b"d")?;
    loop {
        let key = &at[..end_of(at)?];
        at = &at[key.len()..];
        let value = &at[..end_of(at)?];
        at = &at[value.len()..];
        if key.splitn(2, |byte| *byte == b':').nth(1)? == wanted {
            return Some(value);
        }
    }
}

/// Where the value at the start ends.
fn end_of(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'i' => Some(bytes.iter().position(|byte| *byte == b'e')? + 1),
        b'l' | b'd' => {
            let mut end = 1;
            while *bytes.get(end)? != b'e' {
                end += end_of(&bytes[end..])?;
            }
            Some(end + 1)
        }
        _ => {
            let colon = bytes.iter().position(|byte| *byte == b':')?;
            let length: usize = std::str::from_utf8(&bytes[..colon]).ok()?.parse().ok()?;
            let end = (colon + 1).checked_add(length)?;
            (end <= bytes.len()).then_some(end)
        }
    }
}

fn integer(value: u64) -> Vec<u8> {
    format!("i{value}e").into_bytes()
}

fn string(value: &[u8]) -> Vec<u8> {
    [format!("{}:", value.len()).as_bytes(), value].concat()
}

fn text(value: &str) -> Vec<u8> {
    string(value.as_bytes())
}

fn list(values: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    [b"l".to_vec(), values.flatten().collect(), b"e".to_vec()].concat()
}

fn dictionary(values: BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    let pairs = values
        .into_iter()
        .flat_map(|(key, value)| [text(key), value].concat());
    [b"d".to_vec(), pairs.collect(), b"e".to_vec()].concat()
}
