//! The files that a torrent file lists (BEP 3, BEP 52). Pure.

use bendy::decoding::{Decoder, DictDecoder, Error as BencodeError, ListDecoder, Object};

/// A file as the torrent lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    /// Below the client's folder, with `/`; begins with the torrent's own name where there are several.
    pub path: String,
    /// How many it has.
    pub bytes: u64,
}

/// Those of a raw `info`, in its order; the first list wins, where a hybrid has two. Empty when it cannot be read to its end.
pub(super) fn files(info: &[u8]) -> Vec<ListedFile> {
    read(info).unwrap_or_default()
}

fn read(info: &[u8]) -> Result<Vec<ListedFile>, BencodeError> {
    let (mut name, mut length) = (String::new(), None);
    let (mut listed, mut tree): (Vec<ListedFile>, Vec<ListedFile>) = <_>::default();
    let mut decoder = Decoder::new(info).with_max_depth(32);
    let Some(object) = decoder.next_object()? else {
        return Ok(Vec::new());
    };
    let mut info = object.try_into_dictionary()?;
    while let Some((key, value)) = info.next_pair()? {
        match (key, value) {
            (b"name", Object::Bytes(text)) => name = text_of(text),
            (b"length", Object::Integer(text)) => length = text.parse().ok(),
            (b"files", Object::List(files)) => listed = of_list(files)?,
            (b"file tree", Object::Dict(root)) => of_tree(root, "", &mut tree)?,
            _ => {}
        }
    }
    let mut files = match listed.is_empty() {
        true => tree,
        false => listed,
    };
    if let Some(bytes) = length {
        return Ok(vec![ListedFile { path: name, bytes }]);
    }
    let is_single = matches!(&files[..], [only] if only.path == name);
    if !is_single {
        for file in &mut files {
            file.path = format!("{name}/{}", file.path);
        }
    }
    Ok(files)
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn of_list(mut list: ListDecoder<'_, '_>) -> Result<Vec<ListedFile>, BencodeError> {
    let mut files = Vec::new();
    while let Some(object) = list.next_object()? {
        let mut file = object.try_into_dictionary()?;
        let (mut path, mut bytes) = (Vec::new(), 0);
        while let Some((key, value)) = file.next_pair()? {
            match (key, value) {
                (b"length", Object::Integer(text)) => bytes = text.parse().unwrap_or(0),
                // The same in UTF-8, where `path` may be anything; it comes after that.
                (b"path" | b"path.utf-8", Object::List(mut parts)) => {
                    path.clear();
                    while let Some(part) = parts.next_object()? {
                        path.push(text_of(part.try_into_bytes()?));
                    }
                }
                _ => {}
            }
        }
        let path = path.join("/");
        files.push(ListedFile { path, bytes });
    }
    Ok(files)
}

/// A name without anything below it but an empty one is a file.
fn of_tree(
    mut tree: DictDecoder<'_, '_>,
    above: &str,
    files: &mut Vec<ListedFile>,
) -> Result<(), BencodeError> {
    while let Some((name, value)) = tree.next_pair()? {
        match (name, value) {
            (b"", Object::Dict(mut file)) => {
                let mut bytes = 0;
                while let Some((key, value)) = file.next_pair()? {
                    if let (b"length", Object::Integer(text)) = (key, value) {
                        bytes = text.parse().unwrap_or(0);
                    }
                }
                let path = above.to_owned();
                files.push(ListedFile { path, bytes });
            }
            (name, Object::Dict(below)) => {
                let path = match above {
                    "" => text_of(name),
                    above => format!("{above}/{}", text_of(name)),
                };
                of_tree(below, &path, files)?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(info: &str) -> Vec<(String, u64)> {
        let files = files(info.as_bytes()).into_iter();
        files.map(|file| (file.path, file.bytes)).collect()
    }

    #[test]
    fn files_are_read_of_every_kind_of_torrent() {
        for (info, expected) in [
            ("d6:lengthi5e4:name7:T01.cbze", &[("T01.cbz", 5)][..]),
            (
                "d5:filesld6:lengthi5e4:pathl5:b.cbzeed6:lengthi7e4:pathl1:d5:c.cbzeee4:name1:ae",
                &[("a/b.cbz", 5), ("a/d/c.cbz", 7)],
            ),
            // A name in the code page of whoever made it, and in UTF-8.
            (
                "d5:filesld6:lengthi5e4:pathl2:xxe10:path.utf-8l3:b\u{e9}eee4:name1:ae",
                &[("a/b\u{e9}", 5)],
            ),
            (
                "d9:file treed5:b.cbzd0:d6:lengthi5eee1:dd5:c.cbzd0:d6:lengthi7eeeee4:name1:ae",
                &[("a/b.cbz", 5), ("a/d/c.cbz", 7)],
            ),
            (
                "d9:file treed5:b.cbzd0:d6:lengthi5eeee4:name5:b.cbze",
                &[("b.cbz", 5)],
            ),
            // A hybrid says everything twice.
            (
                "d9:file treed5:b.cbzd0:d6:lengthi5eeee6:lengthi5e4:name5:b.cbze",
                &[("b.cbz", 5)],
            ),
        ] {
            let expected: Vec<(String, u64)> = expected
                .iter()
                .map(|(path, bytes)| ((*path).to_owned(), *bytes))
                .collect();
            assert_eq!(listed(info), expected, "{info}");
        }
    }

    #[test]
    fn what_cannot_be_read_lists_nothing() {
        for info in [
            "",
            "de",
            "i1e",
            "d5:filesli1eee",
            "d5:filesld4:pathli1eeeee",
        ] {
            assert_eq!(listed(info), [], "{info}");
        }
        let deep = format!("d9:file tree{}", "d1:a".repeat(10_000));
        assert_eq!(listed(&deep), []);
    }
}
