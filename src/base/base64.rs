//! Base64, as digests in manifests and bytes in receipts are written.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes of base64 text; white space is passed over.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    let mut digits = text.bytes().filter(|b| !b.is_ascii_whitespace());
    for byte in digits.by_ref().take_while(|b| *b != b'=') {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    (held < 6 && digits.all(|b| b == b'=')).then_some(out)
}

/// Base64 text of `data`, padded.
pub(crate) fn encode(data: &[u8]) -> String {
    let mut out = String::with_capacity(data.len().div_ceil(3) * 4);
    for part in data.chunks(3) {
        let at = |n: usize| u32::from(part.get(n).copied().unwrap_or_default());
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            let shown = DIGITS[(word >> (18 - 6 * digit) & 63) as usize];
            out.push(if digit <= part.len() { shown.into() } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(decode("YWJj").unwrap(), b"abc");
        assert_eq!(decode(" YW\nI= ").unwrap(), b"ab");
        assert_eq!(decode("YQ==").unwrap(), b"a");
        assert_eq!(decode("").unwrap(), b"");
        for bad in ["Y", "YW!j", "YQ==a"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for len in 0..70 {
            let data: Vec<u8> = (0..len).map(|n: u8| n.wrapping_mul(37)).collect();
            assert_eq!(decode(&encode(&data)).unwrap(), data);
        }
        assert_eq!(encode(b"ab"), "YWI=");
    }
}
