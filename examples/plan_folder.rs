//! Says what every update in a folder would do to every image of a file, and writes nothing.
//! usage: plan_folder IMAGE FOLDER

use wimwright::base::Progress;
use wimwright::service::{Session, SessionOptions};

fn main() -> wimwright::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [image, folder] = &args[..] else {
        eprintln!("usage: plan_folder IMAGE FOLDER");
        std::process::exit(2);
    };
    // A rehearsal takes no lock, and an update that cannot be read is one line of the plan.
    let options = SessionOptions { dry_run: true, continue_on_error: true, ..SessionOptions::default() };
    let mut session = Session::open(image, options)?;
    session.add_update(folder, &Progress::none())?;
    for decision in session.plan()?.decisions {
        println!("{}: {}: {:?}: {}", decision.index, decision.package, decision.status, decision.reason);
    }
    Ok(())
}
