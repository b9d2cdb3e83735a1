//! Services one image with updates and prints the receipt.
//! usage: service_image IMAGE INDEX UPDATE...

use std::sync::Arc;
use wimwright::base::{Cancel, Event, Progress, Sink};
use wimwright::service::{Session, SessionOptions};

/// Says on standard error how far the work is.
struct Lines;

impl Sink for Lines {
    fn report(&self, event: &Event<'_>) {
        eprint!("\r{:?}: {} of {} bytes   ", event.phase, event.bytes.0, event.bytes.1);
    }
}

fn main() -> wimwright::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [image, index, updates @ ..] = &args[..] else {
        eprintln!("usage: service_image IMAGE INDEX UPDATE...");
        std::process::exit(2);
    };
    let progress = Progress::new(Arc::new(Lines), Cancel::default());
    let mut session = Session::open(image, SessionOptions::default())?;
    session.select(&[index.parse().unwrap_or(0)])?;
    for update in updates {
        session.add_update(update, &progress)?;
    }
    println!("{}", session.commit(&progress)?.to_json());
    Ok(())
}
