//! Round trips, and inputs that no compressor wrote.

use super::*;
use proptest::prelude::*;

const KINDS: [Compression; 3] = [Compression::Xpress, Compression::Lzx, Compression::Lzms];

fn round_trip(kind: Compression, chunk: usize, level: Option<u32>, data: &[u8]) {
    let mut packed = vec![0; data.len()];
    let len = with_compressor(kind, chunk, level, |c| c.compress(data, &mut packed)).unwrap();
    let stored = len.map_or(data, |n| &packed[..n]);
    let mut out = vec![0; data.len()];
    with_decompressor(kind, chunk, |d| d.decompress(stored, &mut out)).unwrap();
    assert!(out == data, "{kind} {chunk} {level:?}");
}

#[test]
fn chunks_too_small_to_be_compressed_are_refused() {
    for kind in KINDS {
        for (packed, plain) in [(0, 1), (1, 0), (1, 2), (9, 2), (0, 4), (121, 1)] {
            let input = vec![0; packed];
            let decoded = with_decompressor(kind, 1 << 15, |d| d.decompress(&input, &mut vec![0; plain]));
            assert_eq!(decoded.unwrap_err().kind(), ErrorKind::Malformed, "{kind} {packed} {plain}");
        }
        for n in 0..4000u32 {
            let byte = |i| (n.wrapping_mul(2_654_435_761) >> (i % 24)) as u8;
            let (input, mut out): (Vec<u8>, _) = ((0..n % 40).map(byte).collect(), vec![0; n as usize / 40]);
            let _ = with_decompressor(kind, 1 << 15, |d| d.decompress(&input, &mut out));
        }
    }
}

#[test]
fn every_kind_and_chunk_size_comes_back() {
    let text: Vec<u8> = (0u32..200_000).flat_map(|i| (i / 7).to_le_bytes()).collect();
    for kind in KINDS {
        let sizes = kind.chunk_sizes();
        let mut chunk = *sizes.start();
        while chunk <= *sizes.end().min(&(1 << 21)) {
            for level in [None, Some(20)] {
                round_trip(kind, chunk, level, &text[..chunk.min(text.len())]);
            }
            chunk *= 2;
        }
    }
}

#[test]
fn sizes_outside_the_format_are_refused() {
    for (kind, size) in [
        (Compression::Xpress, 1 << 17),
        (Compression::Lzx, 1 << 14),
        (Compression::Lzx, 40_000),
        (Compression::Lzms, 0),
    ] {
        assert!(Decompressor::new(kind, size).is_err());
        assert!(Compressor::new(kind, size, None).is_err());
    }
    assert_eq!(
        Compressor::new(Compression::Lzx, 32768, Some(1 << 31)).unwrap_err().kind(),
        ErrorKind::InvalidArgument
    );
    let mut d = Decompressor::new(Compression::Xpress, 4096).unwrap();
    assert!(d.decompress(&[0; 10], &mut [0; 5000]).is_err());
}

#[test]
fn a_chunk_that_does_not_shrink_is_stored() {
    let noise: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut out = vec![0; 5000];
    let mut c = Compressor::new(Compression::None, 4096, None).unwrap();
    assert_eq!(c.compress(&noise, &mut out).unwrap(), None);
    let mut c = Compressor::new(Compression::Lzx, 32768, None).unwrap();
    assert_eq!(c.compress(b"", &mut out).unwrap(), None);
    assert_eq!(c.compress(b"a", &mut out).unwrap(), None);
    assert!(c.compress(&noise, &mut []).unwrap().is_none());
}

proptest! {
    #[test]
    fn any_data_comes_back(data in proptest::collection::vec(0u8..4, 1..9000)) {
        for kind in KINDS {
            round_trip(kind, 1 << 16, Some(20), &data);
        }
    }

    #[test]
    fn hostile_input_is_an_error_or_bytes(
        data in proptest::collection::vec(any::<u8>(), 0..600),
        len in 1usize..32768,
    ) {
        for kind in KINDS {
            let mut out = vec![0; len];
            let _ = with_decompressor(kind, 1 << 15, |d| d.decompress(&data, &mut out));
        }
    }
}
