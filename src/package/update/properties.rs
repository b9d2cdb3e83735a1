//! The `*-pkgProperties.txt` of an MSU: lines of `Key="Value"`.

use crate::base::utf16le_to_string;

/// Keys and values in the file's order. The text is UTF-16LE, with a byte-order mark or without, or UTF-8.
pub(super) fn parse(bytes: &[u8]) -> Vec<(String, String)> {
    let is_utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.get(1) == Some(&0);
    let text = if is_utf16 { utf16le_to_string(bytes) } else { String::from_utf8_lossy(bytes).into_owned() };
    let pairs = text.trim_start_matches('\u{FEFF}').lines().filter_map(|line| line.split_once('='));
    let clean = |s: &str| s.trim().trim_matches('"').to_owned();
    pairs.map(|(key, value)| (clean(key), clean(value))).filter(|(key, _)| !key.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same() {
        let text =
            "ApplicabilityInfo=\"Windows 7;X\"\r\n\r\nKB Article Number=\"2999226\"\r\nbroken\r\n=\"x\"\r\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let with_mark = [&[0xFF, 0xFE], utf16.as_slice()].concat();
        let utf8_mark = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &utf16, &with_mark, &utf8_mark] {
            let expected = [("ApplicabilityInfo", "Windows 7;X"), ("KB Article Number", "2999226")];
            let got = parse(bytes);
            assert!(got.iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(expected), "{got:?}");
        }
        assert!(parse(b"").is_empty() && parse(&[0xFF, 0xFE, 0x41]).is_empty());
    }
}
