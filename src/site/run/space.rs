//! How much room a run may need.

/// What a run may need: the new image, which is the old one and what is laid into it, and the updates rebuilt beside it.
pub(super) fn estimate(image: u64, updates: u64) -> u64 {
    // Payload that is stored as deltas in an update grows to several times its size; then it is compressed again.
    const GROWTH: u64 = 6;
    image.saturating_add(updates.saturating_mul(GROWTH)).saturating_add(64 << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deltas_grow_when_they_are_rebuilt() {
        let needed = estimate(5_000_000_000, 700_000_000);
        assert!((9_000_000_000..10_000_000_000).contains(&needed));
    }
}
