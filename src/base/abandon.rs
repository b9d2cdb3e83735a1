//! Long steps of a C library that cannot be told to stop: left to themselves when nobody waits for them any more.

use crate::error::{Error, ErrorKind, Result};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often it is asked whether to stop.
const ASK: Duration = Duration::from_millis(40);

/// Runs each of `steps` on a thread of its own and gives their results in order. Once `check` fails, its error is
/// returned at once; what still runs owns all that it works on, ends by itself, and its result is dropped.
pub(crate) fn run_all<T, F>(
    steps: impl IntoIterator<Item = F>,
    check: &dyn Fn() -> Result<()>,
) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    let (done, results) = channel();
    let mut count = 0;
    for (at, step) in steps.into_iter().enumerate() {
        let done = done.clone();
        let run = move || {
            // Nobody may be there any more to hear of it.
            let _ = done.send((at, step()));
        };
        let started = std::thread::Builder::new().spawn(run);
        started.map_err(|e| Error::from_io("start a thread", e))?;
        count += 1;
    }
    drop(done);
    let mut out: Vec<Option<T>> = (0..count).map(|_| None).collect();
    for _ in 0..count {
        let (at, result) = loop {
            match results.recv_timeout(ASK) {
                Ok(one) => break one,
                Err(RecvTimeoutError::Timeout) => check()?,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::new(ErrorKind::Internal, "a thread that was waited for panicked"));
                }
            }
        };
        out[at] = Some(result?);
    }
    Ok(out.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn results_come_in_order_and_errors_through() {
        let step = |n: u64| {
            move || {
                std::thread::sleep(Duration::from_millis(30 - 10 * n));
                Ok(n)
            }
        };
        assert_eq!(run_all((0..3).map(step), &|| Ok(())).unwrap(), [0, 1, 2]);
        let bad = |n: u32| move || if n == 1 { Err(Error::malformed("bad")) } else { Ok(n) };
        assert_eq!(run_all((0..3).map(bad), &|| Ok(())).unwrap_err().kind(), ErrorKind::Malformed);
    }

    #[test]
    fn nobody_waits_for_what_is_cancelled() {
        let (stop, stopped) = channel::<()>();
        let step = move || {
            let _ = stopped.recv();
            Ok(())
        };
        let begun = Instant::now();
        let cancelled = || Err(Error::new(ErrorKind::Cancelled, "cancelled"));
        assert_eq!(run_all([step], &cancelled).unwrap_err().kind(), ErrorKind::Cancelled);
        assert!(begun.elapsed() < Duration::from_secs(5));
        drop(stop);
    }
}
