//! A page of records: SRU's envelope around MarcXchange, by local names, whatever the prefixes are. Pure.
//!
//! Fields of UNIMARC are named by three digits and have subfields named by a sign; the manual of the IFLA says what they mean.

use quick_xml::{
    Reader,
    escape::{resolve_predefined_entity, unescape},
    events::{BytesStart, Event},
};

use crate::catalogue::api::CHANGED;

/// Records of a page that are read at most.
const MOST_RECORDS: usize = 100;
/// Fields of a record at most.
const MOST_FIELDS: usize = 500;
/// Subfields of a field at most.
const MOST_SUBFIELDS: usize = 100;
/// Bytes of a subfield at most.
const LONGEST: usize = 4_000;

/// A page of records.
#[derive(Debug, Default)]
pub struct Page {
    /// How many there are in all.
    pub total: usize,
    /// Those of this page.
    pub records: Vec<Record>,
    /// What is wrong with the question, as it says.
    pub complaint: Option<String>,
}

/// A record.
#[derive(Debug, Default)]
pub struct Record {
    leader: String,
    fields: Vec<Field>,
}

#[derive(Debug, Default)]
struct Field {
    tag: String,
    second_indicator: String,
    /// Of a field without subfields, its text is under ' '.
    subfields: Vec<(char, String)>,
}

impl Record {
    /// A sign of its leader, 0-based.
    pub fn leader(&self, place: usize) -> Option<char> {
        self.leader.chars().nth(place)
    }

    /// The text of a field without subfields.
    pub fn control(&self, tag: &str) -> Option<&str> {
        self.get(tag, ' ')
    }

    /// The first subfield of this name in the first field of this tag that has one with text.
    pub fn get(&self, tag: &str, code: char) -> Option<&str> {
        self.all(tag, code).next()
    }

    /// All of them.
    pub fn all<'a>(&'a self, tag: &str, code: char) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter().filter(move |field| field.tag == tag);
        fields.flat_map(move |field| field.all(code))
    }

    /// For each field of this tag, a subfield of each of these names.
    pub fn each<'a, const N: usize>(
        &'a self,
        tag: &str,
        codes: [char; N],
    ) -> impl Iterator<Item = [Option<&'a str>; N]> {
        let fields = self.fields.iter().filter(move |field| field.tag == tag);
        fields.map(move |field| codes.map(|code| field.all(code).next()))
    }

    /// Of the fields of this tag, the one with this second indicator before any other.
    pub fn preferring(&self, tag: &str, indicator: &str, code: char) -> Option<&str> {
        let fields = || self.fields.iter().filter(|field| field.tag == tag);
        let first = fields().filter(|field| field.second_indicator == indicator);
        first
            .chain(fields())
            .find_map(|field| field.all(code).next())
    }
}

impl Field {
    fn all(&self, code: char) -> impl Iterator<Item = &str> {
        let named = self.subfields.iter().filter(move |(name, _)| *name == code);
        named
            .map(|(_, text)| text.trim())
            .filter(|text| !text.is_empty())
    }
}

/// Where text goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Nothing,
    Total,
    Leader,
    Field,
    Complaint,
}

#[derive(Default)]
struct Reading {
    page: Page,
    total: String,
    complaint: String,
    has_total: bool,
    is_whole: bool,
    open: bool,
    /// What follows is of records that are not read.
    is_full: bool,
}

/// Reads a page.
///
/// # Errors
/// When it is no such answer, or breaks off.
pub fn read(text: &str) -> Result<Page, &'static str> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut reading = Reading::default();
    let mut place = In::Nothing;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => place = reading.start(&tag),
            Ok(Event::Empty(tag)) => {
                reading.start(&tag);
            }
            Ok(Event::End(tag)) => {
                reading.end(tag.local_name().as_ref());
                place = In::Nothing;
            }
            Ok(Event::Text(part)) => reading.push(place, &part.xml10_content()),
            Ok(Event::CData(part)) => reading.push(place, &part.xml10_content()),
            Ok(Event::GeneralRef(part)) => match part.resolve_char_ref() {
                Ok(Some(letter)) => reading.push(place, letter.encode_utf8(&mut [0; 4])),
                _ => reading.push(place, resolve_predefined_entity(&part).unwrap_or_default()),
            },
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => return Err("broken XML"),
        }
    }
    reading.page()
}

impl Reading {
    fn start(&mut self, tag: &BytesStart<'_>) -> In {
        let records = &mut self.page.records;
        match tag.local_name().as_ref() {
            "searchRetrieveResponse" => self.open = true,
            "numberOfRecords" => {
                self.has_total = true;
                return In::Total;
            }
            "message" | "details" => return In::Complaint,
            "recordData" if records.len() < MOST_RECORDS => records.push(Record::default()),
            "recordData" => self.is_full = true,
            _ if self.is_full => {}
            "leader" => return In::Leader,
            "controlfield" | "datafield" => {
                let record = records.last_mut();
                let record = record.filter(|record| record.fields.len() < MOST_FIELDS);
                if let Some(record) = record {
                    record.fields.push(Field {
                        tag: attribute(tag, "tag"),
                        second_indicator: attribute(tag, "ind2"),
                        subfields: vec![(' ', String::new())],
                    });
                    return In::Field;
                }
            }
            "subfield" => {
                let field = records
                    .last_mut()
                    .and_then(|record| record.fields.last_mut());
                let field = field.filter(|field| field.subfields.len() < MOST_SUBFIELDS);
                if let Some(field) = field {
                    let code = attribute(tag, "code").chars().next().unwrap_or('\0');
                    field.subfields.push((code, String::new()));
                    return In::Field;
                }
            }
            _ => {}
        }
        In::Nothing
    }

    fn end(&mut self, name: &str) {
        self.is_whole |= self.open && name == "searchRetrieveResponse";
    }

    fn push(&mut self, place: In, text: &str) {
        let record = self.page.records.last_mut();
        let target = match place {
            In::Nothing => return,
            In::Total => Some(&mut self.total),
            In::Complaint => Some(&mut self.complaint),
            In::Leader => record.map(|record| &mut record.leader),
            In::Field => record
                .and_then(|record| record.fields.last_mut())
                .and_then(|field| field.subfields.last_mut())
                .map(|(_, text)| text),
        };
        if let Some(target) = target.filter(|target| target.len() + text.len() <= LONGEST) {
            target.push_str(text);
        }
    }

    fn page(mut self) -> Result<Page, &'static str> {
        if !self.open {
            return Err(CHANGED);
        }
        if !self.is_whole {
            return Err("it breaks off");
        }
        let complaint = self.complaint.trim();
        if !complaint.is_empty() {
            self.page.complaint = Some(complaint.to_owned());
            return Ok(self.page);
        }
        let total = self.total.trim().parse().ok().filter(|_| self.has_total);
        self.page.total = total.ok_or(CHANGED)?;
        let is_record = |record: &Record| !record.fields.is_empty();
        match self.page.total > 0
            && !self.page.records.is_empty()
            && !self.page.records.iter().any(is_record)
        {
            true => Err(CHANGED),
            false => Ok(self.page),
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let mut attributes = tag.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.as_ref() == name);
    let value = found.and_then(|found| unescape(&found.value).ok().map(|value| value.into_owned()));
    let value = value.unwrap_or_default();
    value.chars().take(8).collect()
}

/// The records of a page, each written as lines of `tag $a…$b…`; `LDR` is the leader.
#[cfg(test)]
pub fn made_of(records: &[&str]) -> Vec<Record> {
    let field = |line: &str| {
        let (tag, text) = line.trim_start().split_once(' ').expect("a tag and a text");
        let subfields = text.split('$').skip(1).map(|part| {
            let (code, text) = part.split_at(1);
            format!(r#"<subfield code="{code}">{text}</subfield>"#)
        });
        let subfields: String = subfields.collect();
        match (tag, subfields.is_empty()) {
            ("LDR", _) => format!("<leader>{text}</leader>"),
            (_, true) => format!(r#"<controlfield tag="{tag}">{text}</controlfield>"#),
            _ => format!(r#"<datafield tag="{tag}" ind1=" " ind2=" ">{subfields}</datafield>"#),
        }
    };
    let record = |lines: &&str| {
        let lines = lines.lines().filter(|line| !line.trim().is_empty());
        let fields: String = lines.map(field).collect();
        format!("<recordData><record>{fields}</record></recordData>")
    };
    let records: String = records.iter().map(record).collect();
    let page = format!(
        "<searchRetrieveResponse><numberOfRecords>1</numberOfRecords>{records}</searchRetrieveResponse>"
    );
    read(&page).expect("a page").records
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(records: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><srw:searchRetrieveResponse xmlns:srw="http://www.loc.gov/zing/srw/">
            <srw:version>1.2</srw:version><srw:numberOfRecords>2</srw:numberOfRecords><srw:records>{records}</srw:records>
            </srw:searchRetrieveResponse>"#
        )
    }

    const RECORD: &str = r#"<srw:record><srw:recordSchema>unimarcXchange</srw:recordSchema><srw:recordData>
        <mxc:record xmlns:mxc="info:lc/xmlns/marcxchange-v2" format="UNIMARC" type="Bibliographic">
        <mxc:leader>01234cam  22002774  450 </mxc:leader>
        <mxc:controlfield tag="003">http://catalogue.bnf.fr/ark:/12148/cb43636708p</mxc:controlfield>
        <mxc:datafield tag="200" ind1="1" ind2=" "><mxc:subfield code="a">Tom &amp; J&#233;r&ocirc;me</mxc:subfield>
        <mxc:subfield code="h"/></mxc:datafield>
        <mxc:datafield tag="214" ind1=" " ind2="3"><mxc:subfield code="c">Impr. X</mxc:subfield></mxc:datafield>
        <mxc:datafield tag="214" ind1=" " ind2="0"><mxc:subfield code="c">Dargaud</mxc:subfield></mxc:datafield>
        </mxc:record></srw:recordData></srw:record>"#;

    #[test]
    fn a_record_is_read_field_by_field() {
        let page = read(&page(RECORD)).expect("a page");
        assert_eq!((page.total, page.records.len()), (2, 1));
        let record = &page.records[0];
        assert_eq!(record.leader(7), Some('m'));
        assert_eq!(
            record.control("003"),
            Some("http://catalogue.bnf.fr/ark:/12148/cb43636708p")
        );
        assert_eq!(record.get("200", 'a'), Some("Tom & Jérme"));
        assert_eq!(record.get("200", 'h'), None);
        assert_eq!(record.preferring("214", "0", 'c'), Some("Dargaud"));
        assert_eq!(record.preferring("214", "1", 'c'), Some("Impr. X"));
        assert_eq!(record.all("214", 'c').count(), 2);
    }

    #[test]
    fn prefixes_do_not_matter() {
        let page = page(RECORD)
            .replace("srw:", "")
            .replace("mxc:", "m:")
            .replace("xmlns:m:", "xmlns:m");
        let page = read(&page).expect("a page");
        assert_eq!(page.records[0].get("200", 'a'), Some("Tom & Jérme"));
    }

    #[test]
    fn what_is_no_such_answer_is_told_apart() {
        let nothing = page("").replace(">2<", ">0<");
        let nothing = read(&nothing).expect("an empty page");
        assert!(nothing.records.is_empty() && nothing.complaint.is_none());

        let complaint = r#"<srw:searchRetrieveResponse xmlns:srw="s" xmlns:diag="d"><srw:diagnostics><diag:diagnostic>
            <diag:uri>info:srw/diagnostic/1/10</diag:uri><diag:message>Query syntax error</diag:message></diag:diagnostic></srw:diagnostics>
            </srw:searchRetrieveResponse>"#;
        let complaint = read(complaint).expect("a page").complaint;
        assert_eq!(complaint.as_deref(), Some("Query syntax error"));

        let whole = page(RECORD);
        for (text, why) in [
            ("<html><body>Maintenance</body></html>", CHANGED),
            ("", CHANGED),
            ("not XML", CHANGED),
            (&whole[..whole.len() / 2], "it breaks off"),
            (&whole.replace("numberOfRecords", "total"), CHANGED),
            (
                &whole
                    .replace("datafield", "field")
                    .replace("controlfield", "control"),
                CHANGED,
            ),
            ("<a><b></a>", "broken XML"),
        ] {
            assert_eq!(read(text).map(|_| ()), Err(why), "{text}");
        }
    }

    #[test]
    fn no_page_is_read_for_ever() {
        let subfields = r#"<subfield code="a">x</subfield>"#.repeat(1_000);
        let fields = format!(r#"<datafield tag="200">{subfields}</datafield>"#).repeat(3);
        let many = format!("<recordData>{fields}</recordData>").repeat(MOST_RECORDS + 50);
        let read = read(&page(&many)).expect("a page");
        assert_eq!(read.records.len(), MOST_RECORDS);
        assert!(read.records[0].all("200", 'a').count() <= 3 * MOST_SUBFIELDS);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[<>/a-z:=\" &;#0-9]{0,200}") {
            let _ = read(&text);
            let _ = read(&format!("<searchRetrieveResponse><recordData>{text}</recordData></searchRetrieveResponse>"));
        }
    }
}
