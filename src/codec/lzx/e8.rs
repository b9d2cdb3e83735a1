//! The x86 call translation: an encoder made the relative target of each `E8` (call) absolute, so that calls of
//! one function look alike; this makes them relative again.

/// Never touched at the end of a frame: the last ten bytes.
const TAIL: usize = 10;

/// Translates one frame that begins at `at` bytes of the folder into `out`; `size` is the file size that the
/// stream gives. Returns whether there was anything to translate; if not, `out` is as it was.
pub(super) fn translate(frame: &[u8], at: i32, size: i32, out: &mut Vec<u8>) -> bool {
    let limit = frame.len().saturating_sub(TAIL);
    let Some(mut pos) = find(frame, 0, limit) else { return false };
    out.clear();
    out.extend_from_slice(frame);
    loop {
        // At most a gigabyte of folder has gone by, so `here` stays positive.
        let here = at + pos as i32;
        let operand = &mut out[pos + 1..pos + 5];
        let absolute = i32::from_le_bytes([operand[0], operand[1], operand[2], operand[3]]);
        if absolute >= -here && absolute < size {
            let relative = if absolute >= 0 { absolute - here } else { absolute.wrapping_add(size) };
            operand.copy_from_slice(&relative.to_le_bytes());
        }
        match find(frame, pos + 5, limit) {
            Some(next) => pos = next,
            None => return true,
        }
    }
}

/// The first `E8` from `from` and before `limit`. Searches in the untranslated frame: operands are skipped, so
/// what was written is never looked at again.
fn find(frame: &[u8], from: usize, limit: usize) -> Option<usize> {
    let part = frame.get(from..limit)?;
    let mut chunks = part.chunks_exact(32);
    let mut base = from;
    for chunk in &mut chunks {
        // Written without an early exit so that it becomes a few vector instructions.
        if chunk.iter().fold(0, |any, &b| any | u8::from(b == 0xE8)) != 0 {
            break;
        }
        base += 32;
    }
    frame[base..limit].iter().position(|&b| b == 0xE8).map(|i| base + i)
}
