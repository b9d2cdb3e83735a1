//! Puts a file into every image of a file, without mounting one, and commits all of them at once.
//! usage: edit_image IMAGE FILE PATH-IN-IMAGE

use wimwright::base::{ImagePath, Progress};
use wimwright::wim::commit::{CommitOptions, commit};
use wimwright::wim::overlay::{Content, Overlay};
use wimwright::wim::{OpenOptions, WimFile};

fn main() -> wimwright::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [image, file, path] = &args[..] else {
        eprintln!("usage: edit_image IMAGE FILE PATH-IN-IMAGE");
        std::process::exit(2);
    };
    let wim = WimFile::open(image, &OpenOptions::new())?;
    let path = ImagePath::parse(path)?;
    let mut overlays = Vec::new();
    for index in 1..=wim.image_count() {
        let mut overlay = Overlay::new(&wim, index)?;
        overlay.put(&path, Content::file(file)?)?;
        overlays.push(overlay);
    }
    let report = commit(&wim, overlays, &CommitOptions::new(), &Progress::none())?;
    println!("{}: images {:?}, {} bytes appended", image, report.images, report.appended_bytes);
    Ok(())
}
