//! Reads feeds as strictly as the strictest of their consumers.

use quick_xml::{Reader, events::Event};
use reqwest::{StatusCode, header};

use super::program::{KEY, Program};

/// An answer, as a program gets it that follows no redirects.
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
}

/// A GET without a key of its own, that follows no redirects.
pub async fn ask(program: &Program, path: &str) -> Answer {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let url = format!("{}{path}", program.url);
    let answer = client.get(url).send().await.expect("an answer");
    Answer {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: String::from_utf8_lossy(&answer.bytes().await.expect("a body")).into_owned(),
    }
}

/// What a feed says.
#[derive(Debug, Default)]
pub struct Read {
    pub titles: Vec<String>,
    pub guids: Vec<String>,
    pub links: Vec<String>,
    pub enclosures: Vec<(String, String, String)>,
    pub total: usize,
}

/// Reads a feed.
pub fn read(document: &str) -> Read {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let (mut read, mut path, mut text) = (Read::default(), Vec::new(), String::new());
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(tag) => {
                path.push(tag.name().as_ref().to_owned());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(name) => {
                let resolved = quick_xml::escape::resolve_predefined_entity(&name);
                text.push_str(resolved.expect("a known entity"));
            }
            Event::Empty(tag) => {
                let value = |name: &str| {
                    let mut all = tag.attributes().map(|it| it.expect("an attribute"));
                    let it = all.find(|it| it.key.as_ref() == name);
                    let it = it.unwrap_or_else(|| panic!("no {name}"));
                    let version = quick_xml::XmlVersion::Implicit1_0;
                    it.normalized_value(version).expect("text").into_owned()
                };
                match tag.name().as_ref() {
                    "enclosure" => {
                        let enclosure = (value("url"), value("length"), value("type"));
                        read.enclosures.push(enclosure);
                    }
                    "newznab:response" => read.total = value("total").parse().expect("a number"),
                    "torznab:attr" => drop((value("name"), value("value"))),
                    _ => {}
                }
            }
            Event::End(_) => {
                let is_item = path.len() == 4 && path[2] == "item";
                match path.pop().expect("it was opened").as_str() {
                    "title" if is_item => read.titles.push(text.clone()),
                    "guid" if is_item => read.guids.push(text.clone()),
                    "link" if is_item => read.links.push(text.clone()),
                    "pubDate" => {
                        chrono::DateTime::parse_from_rfc2822(&text).expect("a date");
                    }
                    "error" => panic!("consumers look for it: {document}"),
                    _ => {}
                }
                text.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(path.is_empty(), "{path:?}");
    assert_eq!(read.titles.len(), read.guids.len());
    assert_eq!(read.titles.len(), read.enclosures.len());
    read
}

/// A feed that has to be there; `KEY` in the path is ours.
pub async fn feed(program: &Program, path: &str) -> Read {
    let answer = ask(program, &path.replace("KEY", KEY)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    let kind = answer.headers[header::CONTENT_TYPE].to_str().expect("text");
    assert!(kind.contains("xml"), "{kind}");
    read(&answer.body)
}
