//! Small hives made in memory, so that the tests need no other tool.

/// A key: values by name, type and data, and keys below it.
#[derive(Default)]
pub struct Node {
    pub values: Vec<(String, u32, Vec<u8>)>,
    pub keys: Vec<(String, Node)>,
}

impl Node {
    /// The key at a path below this one, made where it is not there.
    pub fn at(&mut self, path: &str) -> &mut Self {
        path.split('\\').filter(|n| !n.is_empty()).fold(self, |node, name| {
            let place = node.keys.iter().position(|(n, _)| n.eq_ignore_ascii_case(name));
            let place = place.unwrap_or_else(|| {
                node.keys.push((name.to_owned(), Self::default()));
                node.keys.len() - 1
            });
            &mut node.keys[place].1
        })
    }

    pub fn dword(&mut self, name: &str, number: u32) -> &mut Self {
        self.values.push((name.to_owned(), 4, number.to_le_bytes().to_vec()));
        self
    }

    pub fn text(&mut self, name: &str, text: &str) -> &mut Self {
        let units = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes);
        self.values.push((name.to_owned(), 1, units.collect()));
        self
    }

    pub fn binary(&mut self, name: &str, data: &[u8]) -> &mut Self {
        self.values.push((name.to_owned(), 3, data.to_vec()));
        self
    }

    /// The hive of which this is the root.
    pub fn hive(&self) -> Vec<u8> {
        let mut bins = vec![0; 32];
        let root = self.write("ROOT", u32::MAX, &mut bins);
        bins.resize(bins.len().next_multiple_of(4096), 0);
        let size = bins.len() as u32;
        bins[..4].copy_from_slice(b"hbin");
        bins[8..12].copy_from_slice(&size.to_le_bytes());
        let mut base = vec![0; 4096];
        base[..4].copy_from_slice(b"regf");
        for (at, number) in [(4, 1), (8, 1), (20, 1), (24, 5), (32, 1), (36, root), (40, size), (44, 1_u32)] {
            base[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        let sum = base[..508].as_chunks::<4>().0.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
        base[508..512].copy_from_slice(&sum.to_le_bytes());
        base.extend(bins);
        base
    }

    fn write(&self, name: &str, parent: u32, bins: &mut Vec<u8>) -> u32 {
        let key = cell(bins, &vec![0; 76 + name.len()]);
        let values: Vec<u32> =
            self.values.iter().map(|(n, kind, data)| value(n, *kind, data, bins)).collect();
        let list = |offsets: &[u32]| offsets.iter().flat_map(|o| o.to_le_bytes()).collect::<Vec<u8>>();
        let values_at = if values.is_empty() { u32::MAX } else { cell(bins, &list(&values)) };
        let mut keys: Vec<&(String, Self)> = self.keys.iter().collect();
        keys.sort_by_key(|(name, _)| name.to_ascii_uppercase());
        let keys: Vec<u32> = keys.iter().map(|(n, node)| node.write(n, key, bins)).collect();
        let leaf = [b"li", &(keys.len() as u16).to_le_bytes()[..], &list(&keys)].concat();
        let keys_at = if keys.is_empty() { u32::MAX } else { cell(bins, &leaf) };
        let at = key as usize + 4;
        bins[at..at + 4].copy_from_slice(b"nk\x20\0");
        for (field, number) in [
            (16, parent),
            (20, keys.len() as u32),
            (28, keys_at),
            (32, u32::MAX),
            (36, values.len() as u32),
            (40, values_at),
            (44, u32::MAX),
            (48, u32::MAX),
            (72, name.len() as u32),
        ] {
            bins[at + field..at + field + 4].copy_from_slice(&number.to_le_bytes());
        }
        bins[at + 76..at + 76 + name.len()].copy_from_slice(name.as_bytes());
        key
    }
}

fn value(name: &str, kind: u32, data: &[u8], bins: &mut Vec<u8>) -> u32 {
    let at = cell(bins, data);
    let mut head = b"vk".to_vec();
    head.extend((name.len() as u16).to_le_bytes());
    for number in [data.len() as u32, at, kind, 1] {
        head.extend(number.to_le_bytes());
    }
    head.extend(name.as_bytes());
    cell(bins, &head)
}

fn cell(bins: &mut Vec<u8>, data: &[u8]) -> u32 {
    let (at, size) = (bins.len() as u32, (data.len() + 4).next_multiple_of(8));
    bins.extend((-(size as i32)).to_le_bytes());
    bins.extend(data);
    bins.resize(at as usize + size, 0);
    at
}
