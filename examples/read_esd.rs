//! Reads a file out of an image: a WIM, an ESD or the first part of a split set.
//! usage: read_esd IMAGE INDEX PATH-IN-IMAGE >FILE

use std::io::Write as _;
use wimwright::base::ImagePath;
use wimwright::wim::{OpenOptions, WimFile};
use wimwright::{Error, ErrorKind};

fn main() -> wimwright::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [image, index, path] = &args[..] else {
        eprintln!("usage: read_esd IMAGE INDEX PATH-IN-IMAGE >FILE");
        std::process::exit(2);
    };
    let index =
        index.parse().map_err(|_| Error::new(ErrorKind::InvalidArgument, "the index is no number"))?;
    let view = WimFile::open(image, &OpenOptions::new())?.view(index)?;
    let mut out = std::io::stdout().lock();
    view.read_to(&ImagePath::parse(path)?, None, &mut |piece| {
        out.write_all(piece).map_err(|e| Error::from_io("write to standard output", e))
    })
}
