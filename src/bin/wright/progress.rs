//! Progress on standard error: bars on a terminal, a plain line now and then elsewhere.

use crate::output::{printable, size};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use wimwright::base::{Cancel, Event, Phase, Progress, Sink};

/// Time between two lines of a phase where no terminal listens.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// Time between two updates of a bar.
const BAR_EVERY: Duration = Duration::from_millis(80);

/// What a command reports to, and the display to close at its end.
pub fn start(quiet: bool, cancel: Cancel) -> (Progress, Display) {
    let terminal = std::io::stderr().is_terminal();
    let shown = Arc::new(Shown {
        begun: Instant::now(),
        due: AtomicU64::new(0),
        every: if terminal { BAR_EVERY } else { LINE_EVERY },
        bars: terminal.then(MultiProgress::new),
        phases: Mutex::default(),
    });
    let sink: Arc<dyn Sink> = if quiet { Arc::new(|_: &Event<'_>| {}) } else { shown.clone() };
    (Progress::new(sink, cancel), Display(shown))
}

/// The display; [`finish`](Self::finish) leaves the last state of each phase standing.
pub struct Display(Arc<Shown>);

struct Shown {
    begun: Instant,
    /// Milliseconds after `begun` before which nothing new is shown.
    due: AtomicU64,
    every: Duration,
    bars: Option<MultiProgress>,
    phases: Mutex<HashMap<Phase, State>>,
}

struct State {
    begun: Instant,
    bar: Option<ProgressBar>,
    files: (u64, u64),
    bytes: (u64, u64),
    told: bool,
}

impl Sink for Shown {
    fn report(&self, event: &Event<'_>) {
        let now = self.begun.elapsed().as_millis() as u64;
        let begins = event.files.0 == 0 && event.bytes.0 == 0;
        let ends = event.files.1 > 0 && event.files.0 == event.files.1;
        if now < self.due.load(Relaxed) && !begins && !ends {
            return;
        }
        let Ok(mut phases) = self.phases.lock() else { return };
        let state = phases.entry(event.phase).or_insert_with(|| State {
            begun: Instant::now(),
            bar: self.bars.as_ref().map(|bars| bars.add(new_bar(event.phase))),
            files: (0, 0),
            bytes: (0, 0),
            told: false,
        });
        state.files = event.files;
        state.bytes = event.bytes;
        state.told = false;
        if let Some(bar) = &state.bar {
            let (done, all) = if event.bytes.1 > 0 { event.bytes } else { event.files };
            bar.set_length(all.max(done));
            bar.set_position(done);
            let item = event.item.map(|i| format!("  {}", shortened(i))).unwrap_or_default();
            bar.set_message(format!("{}{item}", state.counts()));
        } else if !begins && !ends {
            eprintln!("{}: {}", name(event.phase), state.counts());
        }
        self.due.store(now + self.every.as_millis() as u64, Relaxed);
    }
}

impl State {
    fn counts(&self) -> String {
        let of =
            |(done, all): (u64, u64)| if all > 0 { format!("{done} of {all}") } else { done.to_string() };
        let files = of(self.files);
        if self.bytes.0 > 0 {
            let seconds = self.begun.elapsed().as_secs_f64().max(0.001);
            let all = if self.bytes.1 > 0 { format!(" of {}", size(self.bytes.1)) } else { String::new() };
            let rate = size((self.bytes.0 as f64 / seconds) as u64);
            return format!("{files} files, {}{all}, {rate}/s", size(self.bytes.0));
        }
        format!("{files} files")
    }
}

impl Display {
    /// Closes the bars, or says how far each phase came.
    pub fn finish(&self) {
        let mut phases = self.0.phases.lock().unwrap_or_else(PoisonError::into_inner);
        let mut phases: Vec<_> = phases.iter_mut().collect();
        phases.sort_by_key(|(_, state)| state.begun);
        for (phase, state) in phases {
            match &state.bar {
                Some(bar) => bar.abandon_with_message(state.counts()),
                None if !state.told && state.files.0 + state.bytes.0 > 0 => {
                    eprintln!("{}: {}", name(*phase), state.counts());
                    state.told = true;
                }
                None => {}
            }
        }
    }
}

fn new_bar(phase: Phase) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:10} [{bar:24}] {percent:>3}% {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    ProgressBar::new(0).with_style(style).with_prefix(name(phase))
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Open => "opening",
        Phase::Verify => "verifying",
        Phase::Extract => "extracting",
        Phase::Unpack => "unpacking",
        Phase::Plan => "planning",
        Phase::Stage => "staging",
        Phase::Write => "writing",
        Phase::Hash => "hashing",
        Phase::Copy => "copying",
        Phase::Rebuild => "rebuilding",
        Phase::Compare => "comparing",
        _ => "working",
    }
}

/// The end of a long name, which tells more than its beginning.
fn shortened(item: &str) -> String {
    let count = item.chars().count();
    if count <= 48 {
        return printable(item).into_owned();
    }
    let tail: String = item.chars().skip(count - 45).collect();
    format!("...{}", printable(&tail))
}
