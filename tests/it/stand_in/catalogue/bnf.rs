//! The SRU interface of the BnF's catalogue, as its explain answer and readers of it describe it: SRU 1.2, records in UNIMARC, at most 100
//! a page, 200 with a diagnostic for a question that it does not take.

use std::fmt::Write;

use poem::Response;

use super::api::{Api, Asked};
use crate::stand_in::reply::raw;

/// Records of one page, whatever is asked for.
const PAGE: usize = 100;

/// A record of a volume.
#[derive(Clone, Debug, Default)]
pub struct Volume {
    /// Its number, of eight digits.
    pub record: u32,
    /// The number of its set's record; 0 for none.
    pub set: u32,
    /// Of the series.
    pub series: &'static str,
    /// Its number in it.
    pub number: u32,
    /// When it was printed.
    pub year: u32,
    /// Of the edition; empty for none.
    pub edition: &'static str,
    /// Empty for none.
    pub isbn: &'static str,
}

impl Volume {
    fn xml(&self) -> String {
        let Self {
            record,
            set,
            series,
            number,
            year,
            edition,
            isbn,
        } = self;
        let mut fields = String::new();
        let mut field = |tag: &str, subfields: &[(char, String)]| {
            write!(fields, r#"<mxc:datafield tag="{tag}" ind1=" " ind2=" ">"#).expect("a text");
            for (code, text) in subfields {
                let text = text.replace('&', "&amp;");
                write!(
                    fields,
                    r#"<mxc:subfield code="{code}">{text}</mxc:subfield>"#
                )
                .expect("a text");
            }
            fields.push_str("</mxc:datafield>");
        };
        if !isbn.is_empty() {
            field(
                "010",
                &[
                    ('a', (*isbn).into()),
                    ('b', "br.".into()),
                    ('d', "6,99 EUR".into()),
                ],
            );
        }
        field(
            "100",
            &[('a', format!("{year}0514d{year}    m  y0frey50      ba"))],
        );
        field("101", &[('a', "fre".into()), ('c', "jpn".into())]);
        field("105", &[('a', "||||t   00|a|".into())]);
        match set {
            0 => field("200", &[('a', (*series).into()), ('h', number.to_string())]),
            _ => field(
                "200",
                &[
                    ('a', format!("Titre du volume {number}")),
                    ('f', "Eiichirō Oda".into()),
                ],
            ),
        }
        if !edition.is_empty() {
            field("205", &[('a', (*edition).into())]);
        }
        field(
            "210",
            &[
                ('a', "Grenoble".into()),
                ('c', "Glénat".into()),
                ('d', format!("DL {year}")),
            ],
        );
        if *set > 0 {
            field(
                "461",
                &[
                    ('0', set.to_string()),
                    ('t', (*series).into()),
                    ('v', number.to_string()),
                ],
            );
        }
        field(
            "700",
            &[
                ('3', "12345678".into()),
                ('a', "Oda".into()),
                ('b', "Eiichirō".into()),
                ('4', "070".into()),
            ],
        );
        format!(
            r#"<srw:record><srw:recordSchema>unimarcXchange</srw:recordSchema><srw:recordPacking>xml</srw:recordPacking><srw:recordData>
            <mxc:record format="UNIMARC" id="ark:/12148/cb{record}" type="Bibliographic"><mxc:leader>     cam  22        450 </mxc:leader>
            <mxc:controlfield tag="001">FRBNF{record}0000001</mxc:controlfield>
            <mxc:controlfield tag="003">http://catalogue.bnf.fr/ark:/12148/cb{record}x</mxc:controlfield>{fields}</mxc:record>
            </srw:recordData><srw:recordIdentifier>ark:/12148/cb{record}x</srw:recordIdentifier></srw:record>"#
        )
    }

    /// By the words of its titles, its ISBN, or its name.
    fn fits(&self, question: &Question<'_>) -> bool {
        match question {
            Question::Title(words) => {
                let title = format!("{} Titre du volume", self.series).to_lowercase();
                words
                    .iter()
                    .all(|word| title.split(' ').any(|known| known == *word))
            }
            Question::Isbn(isbns) => {
                !self.isbn.is_empty() && isbns.contains(&self.isbn.replace('-', "").as_str())
            }
            Question::Ark(name) => name.get(2..10) == Some(&self.record.to_string()),
        }
    }
}

enum Question<'a> {
    Title(Vec<&'a str>),
    Isbn(Vec<&'a str>),
    Ark(&'a str),
}

fn question(query: &str) -> Option<Question<'_>> {
    let quoted = |text: &str| text.matches('"').count();
    if let Some(words) = query.strip_prefix("bib.title all \"") {
        let words = words.strip_suffix("\" and bib.doctype any \"a\"")?;
        return (quoted(words) == 0).then(|| Question::Title(words.split(' ').collect()));
    }
    if let Some(isbns) = query.strip_prefix("bib.isbn any \"") {
        return Some(Question::Isbn(
            isbns.strip_suffix('"')?.split(' ').collect(),
        ));
    }
    let name = query.strip_prefix("bib.persistentid any \"ark:/12148/")?;
    Some(Question::Ark(name.strip_suffix('"')?))
}

/// Starts one with these records.
pub fn start(volumes: Vec<Volume>) -> Api {
    Api::start(move |asked| answer(asked, &volumes))
}

fn answer(asked: &Asked, volumes: &[Volume]) -> Response {
    let parameter = |name: &str| asked.parameter(name).unwrap_or_default();
    if asked.what != "GET /api/SRU" || parameter("operation") != "searchRetrieve" {
        return raw("text/html", "<!DOCTYPE html><title>Erreur</title>");
    }
    let query = parameter("query").to_lowercase();
    let known = parameter("version") == "1.2" && parameter("recordSchema") == "unimarcxchange";
    let Some(question) = question(&query).filter(|_| known) else {
        return envelope(
            r#"<srw:diagnostics xmlns:diag="http://www.loc.gov/zing/srw/diagnostic/"><diag:diagnostic><diag:uri>info:srw/diagnostic/1/10</diag:uri>
            <diag:message>Query syntax error</diag:message></diag:diagnostic></srw:diagnostics>"#,
        );
    };
    let number = |name: &str| parameter(name).parse::<usize>().unwrap_or(1);
    let found: Vec<_> = volumes
        .iter()
        .filter(|volume| volume.fits(&question))
        .collect();
    let page = found
        .iter()
        .skip(number("startRecord") - 1)
        .take(number("maximumRecords").min(PAGE));
    let records: String = page.map(|volume| volume.xml()).collect();
    let total = found.len();
    envelope(&format!(
        "<srw:numberOfRecords>{total}</srw:numberOfRecords><srw:records>{records}</srw:records>"
    ))
}

fn envelope(content: &str) -> Response {
    raw(
        "text/xml;charset=UTF-8",
        format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><srw:searchRetrieveResponse xmlns:srw="http://www.loc.gov/zing/srw/"
            xmlns:mxc="info:lc/xmlns/marcxchange-v2"><srw:version>1.2</srw:version>{content}</srw:searchRetrieveResponse>"#
        ),
    )
}
