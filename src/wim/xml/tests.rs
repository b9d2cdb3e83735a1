//! The XML data read, edited, and mutated.

use super::*;
use crate::ErrorKind;

const SAMPLE: &str = "<WIM><TOTALBYTES>10</TOTALBYTES>\r\n<!-- kept --><IMAGE INDEX=\"1\"><NAME>A &amp; \u{1F600}</NAME>\
<DIRCOUNT>1</DIRCOUNT><FILECOUNT a='b'></FILECOUNT><X:ODD xmlns:X=\"u:x\"><![CDATA[<&>]]></X:ODD>\
<LASTMODIFICATIONTIME><HIGHPART>0x01D00000</HIGHPART> <LOWPART>0x00000001</LOWPART></LASTMODIFICATIONTIME>\
<WINDOWS><ARCH>9</ARCH><EDITIONID>Professional</EDITIONID><LANGUAGES><LANGUAGE>en-US</LANGUAGE>\
<LANGUAGE>de-DE</LANGUAGE><DEFAULT>en-US</DEFAULT></LANGUAGES><VERSION><MAJOR>10</MAJOR><MINOR>0</MINOR>\
<BUILD>26100</BUILD><SPBUILD>1742</SPBUILD><SPLEVEL>0</SPLEVEL><BRANCH>ge</BRANCH></VERSION></WINDOWS></IMAGE>\
<IMAGE INDEX=\"2\" /></WIM>";

fn utf16(text: &str) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn properties_are_read() {
    let xml = WimXml::parse(&utf16(SAMPLE), &Limits::default()).unwrap();
    assert_eq!((xml.images().len(), xml.total_bytes()), (2, Some(10)));
    let image = xml.image(1).unwrap();
    assert_eq!(image.name, "A & \u{1F600}");
    assert_eq!((image.arch_name(), image.languages.len()), (Some("amd64"), 2));
    assert_eq!(image.version.unwrap().to_string(), "10.0.26100.1742");
    assert_eq!(image.last_modification_time, Some(FileTime(0x01D0_0000_0000_0001)));
    assert_eq!(xml.to_bytes(), utf16(SAMPLE));
    assert_eq!(xml.image(2).unwrap().name, "");
    assert!(xml.image(3).is_none());
    let json = serde_json::to_value(image).unwrap();
    assert_eq!(json["modified"], "2014-11-14T11:41:59Z");
}

#[test]
fn any_element_can_be_asked_for() {
    let xml = WimXml::parse(&utf16(SAMPLE), &Limits::default()).unwrap();
    let get = |path| xml.property(1, path);
    assert_eq!(get("NAME").as_deref(), Some("A & \u{1F600}"));
    assert_eq!(get("ODD").as_deref(), Some("<&>"));
    assert_eq!(get("WINDOWS/VERSION/BUILD").as_deref(), Some("26100"));
    assert_eq!(get("WINDOWS/LANGUAGES/LANGUAGE[2]").as_deref(), Some("de-DE"));
    assert_eq!(get("WINDOWS").as_deref(), Some(""));
    for path in ["", "/", "NAME/X", "NAME[0]", "NAME[2]", "NAME[x]", "NAME]", "[1]", "name"] {
        assert_eq!(get(path), None, "{path}");
    }
    assert_eq!((xml.property(2, "NAME"), xml.property(3, "NAME")), (None, None));
}

#[test]
fn edits_touch_only_what_they_set() {
    let xml = WimXml::parse(&utf16(SAMPLE), &Limits::default()).unwrap();
    let counts = ImageCounts { dirs: 11, files: 22, total_bytes: 33, hard_link_bytes: 44 };
    let time = FileTime(0x01DA_BCDE_0000_00FF);
    let new = xml.updated(&[(1, counts), (2, counts)], time, 99, &Limits::default()).unwrap();
    for index in [1, 2] {
        let image = new.image(index).unwrap();
        let found = (image.dir_count, image.file_count, image.total_bytes, image.hard_link_bytes);
        assert_eq!((found, image.last_modification_time), ((11, 22, 33, 44), Some(time)));
    }
    let expected = SAMPLE
        .replace("<TOTALBYTES>10<", "<TOTALBYTES>99<")
        .replace("<DIRCOUNT>1<", "<DIRCOUNT>11<")
        .replace("<FILECOUNT a='b'><", "<FILECOUNT a='b'>22<")
        .replace("0x01D00000", "0x01DABCDE")
        .replace("0x00000001", "0x000000FF")
        .replace("</WINDOWS>", "</WINDOWS><TOTALBYTES>33</TOTALBYTES><HARDLINKBYTES>44</HARDLINKBYTES>")
        .replace(
            "<IMAGE INDEX=\"2\" />",
            "<IMAGE INDEX=\"2\" ><DIRCOUNT>11</DIRCOUNT><FILECOUNT>22</FILECOUNT><TOTALBYTES>33</TOTALBYTES>\
             <HARDLINKBYTES>44</HARDLINKBYTES><LASTMODIFICATIONTIME><HIGHPART>0x01DABCDE</HIGHPART>\
             <LOWPART>0x000000FF</LOWPART></LASTMODIFICATIONTIME></IMAGE>",
        );
    assert_eq!(new.text(), expected);
    assert_eq!(
        xml.updated(&[(3, counts)], time, 1, &Limits::default()).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn bad_documents_are_errors_and_never_panics() {
    let parse = |data: &[u8]| WimXml::parse(data, &Limits::default());
    assert!(parse(&[]).is_err());
    assert!(parse(&utf16("<ESD/>")).is_err());
    assert!(parse(&utf16("<WIM>")).is_err());
    let good = utf16(SAMPLE);
    let counts = ImageCounts::default();
    for at in 0..good.len() {
        for value in [0, b'<', b'/', b'>', b'"', 0xD8] {
            let mut data = good.clone();
            data[at] = value;
            if let Ok(xml) = parse(&data) {
                let _ = xml.updated(&[(1, counts), (2, counts)], FileTime(1), 2, &Limits::default());
            }
        }
    }
}
