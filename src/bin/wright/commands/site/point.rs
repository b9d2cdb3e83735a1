//! `wright site dp`, `distribute`, `validate`, `redistribute`, `withdraw` and `prestage`.

use super::table;
use crate::Context;
use crate::commands::Outcome;
use crate::exit::Failed;
use crate::output::{Output, count, size};
use std::path::PathBuf;
use wimwright::base::Progress;
use wimwright::site::{
    Delivery, Distribution, DistributionList, Package, Point, PointList, PointOptions, Prestaged, SigningKey,
    Site, VerifyingKey, import_prestaged, import_prestaged_signed,
};
use wimwright::{Error, ErrorKind};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a distribution point: a folder, s3://, az://, gs://; http(s):// for validating
    Add {
        /// Its name
        name: String,
        /// Where it is
        url: String,
        /// The server, where it is not the provider's own
        #[arg(long, value_name = "URL")]
        endpoint: Option<String>,
        /// The region
        #[arg(long)]
        region: Option<String>,
        /// A file with credentials, lines of `name = value`; else they come from the environment
        #[arg(long, value_name = "FILE")]
        credentials: Option<PathBuf>,
        /// Accept plain HTTP to the endpoint
        #[arg(long)]
        allow_http: bool,
    },
    /// List the distribution points
    List,
    /// Show how packages stand on the distribution points
    Status {
        /// Only this package
        package: Option<String>,
    },
    /// Remove a distribution point's record
    Remove {
        /// Its name
        name: String,
        /// Also while packages are there, which stay there as they are
        #[arg(long)]
        abandon: bool,
    },
}

/// A package and the points it concerns.
#[derive(clap::Args)]
pub struct Target {
    /// The package's name or number
    package: String,
    /// These distribution points; else all that have the package
    #[arg(long = "dp", value_name = "NAME")]
    points: Vec<String>,
}

#[derive(clap::Subcommand)]
pub enum Prestage {
    /// Write the published versions of packages into one file
    Export {
        /// Names or numbers
        #[arg(required = true)]
        packages: Vec<String>,
        /// The file
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// Sign it with this private key (Ed25519, PEM, as `openssl genpkey -algorithm ed25519` writes it)
        #[arg(long, value_name = "FILE")]
        sign_key: Option<PathBuf>,
    },
    /// Put what such a file holds on a distribution point
    Import {
        /// The file
        file: PathBuf,
        /// The distribution point
        #[arg(long = "dp", value_name = "NAME")]
        point: Option<String>,
        /// A distribution point's folder, where no site is at hand
        #[arg(long, value_name = "DIR", conflicts_with = "point")]
        folder: Option<PathBuf>,
        /// Refuse it unless it was signed with the private half of this public key (`openssl pkey -pubout`)
        #[arg(long, value_name = "FILE")]
        verify_key: Option<PathBuf>,
    },
}

pub fn run(command: &Command, site: &Site, context: &mut Context) -> Outcome {
    let out = &mut context.output;
    match command {
        Command::Add { name, url, endpoint, region, credentials, allow_http } => {
            site.add_point(&PointOptions {
                name: name.clone(),
                url: url.clone(),
                endpoint: endpoint.clone(),
                region: region.clone(),
                credentials: credentials.clone(),
                allow_http: *allow_http,
            })?;
            points(&site.point_list()?, out);
        }
        Command::List => points(&site.point_list()?, out),
        Command::Status { package } => {
            let package = package.as_ref().map(|p| site.package(p)).transpose()?;
            distributions(&site.distribution_list(package.as_ref())?, out);
        }
        Command::Remove { name, abandon } => {
            site.remove_point(&site.point(name)?, *abandon)?;
            points(&site.point_list()?, out);
        }
    }
    Ok(())
}

fn points(list: &PointList, out: &mut Output) {
    if out.json() {
        out.document(list);
        return;
    }
    let row = |p: &Point| {
        let endpoint = p.endpoint.clone().unwrap_or_default();
        vec![p.name.clone(), p.url.clone(), endpoint, p.credentials.clone().unwrap_or_default()]
    };
    table(out, &["NAME", "URL", "ENDPOINT", "CREDENTIALS"], &list.points.iter().map(row).collect::<Vec<_>>());
}

fn distributions(list: &DistributionList, out: &mut Output) {
    if out.json() {
        out.document(list);
        return;
    }
    let row = |d: &Distribution| {
        vec![
            d.point.clone(),
            d.package_name.clone(),
            d.version.map(|v| format!("v{v}")).unwrap_or_default(),
            format!("v{}", d.published),
            format!("{} {}", d.state.number(), d.state),
            d.validated.clone().unwrap_or_default(),
            d.error.clone().unwrap_or_default(),
        ]
    };
    let headings = ["POINT", "PACKAGE", "THERE", "PUBLISHED", "STATE", "VALIDATED", "ERROR"];
    table(out, &headings, &list.distributions.iter().map(row).collect::<Vec<_>>());
}

/// The package and the points that were named, or that have it.
fn chosen(target: &Target, site: &Site) -> Result<(Package, Vec<Point>), Error> {
    let package = site.package(&target.package)?;
    let points = site.points_of(&package, &target.points)?;
    Ok((package, points))
}

/// `wright site distribute`, `redistribute`, `withdraw`: every point is tried; the first that failed is the error.
pub fn work(what: Delivery, target: &Target, site: &Site, context: &mut Context) -> Outcome {
    let (package, points) = chosen(target, site)?;
    let (list, outcome) = site.deliver(what, &package, &points, &context.progress)?;
    distributions(&list, &mut context.output);
    outcome.map_err(Failed::found)
}

/// `wright site validate`.
pub fn validate(target: &Target, site: &Site, context: &mut Context) -> Outcome {
    let (package, points) = chosen(target, site)?;
    let list = site.validate_all(&package, &points, &context.progress)?;
    let out = &mut context.output;
    if out.json() {
        out.document(&list);
    } else {
        for v in &list.validations {
            v.problems.iter().for_each(|p| out.line(format!("{}: {}: {}", v.point, p.path, p.reason)));
            let what = if v.problems.is_empty() {
                "whole".into()
            } else {
                count(v.problems.len() as u64, "problem")
            };
            let blobs = count(v.blobs, "content");
            out.line(format!("{}: {}: {blobs} hashed, {}: {what}", v.point, v.package, size(v.bytes)));
        }
    }
    list.outcome().map_err(Failed::found)
}

/// `wright site prestage import --folder`, which needs no site.
pub fn prestage_folder(command: &Prestage, context: &mut Context) -> Option<Outcome> {
    let Prestage::Import { file, folder: Some(folder), verify_key, .. } = command else { return None };
    let done = match verify_key.as_ref().map(VerifyingKey::read) {
        Some(Err(e)) => Err(e),
        Some(Ok(key)) => import_prestaged_signed(file, folder, &key, &context.progress),
        None => import_prestaged(file, folder, &context.progress),
    };
    Some(done.map(|done| prestaged(&done, &mut context.output)).map_err(Failed::from))
}

/// `wright site prestage`.
pub fn prestage(command: &Prestage, site: &Site, context: &mut Context) -> Outcome {
    let progress: Progress = context.progress.clone();
    let done = match command {
        Prestage::Export { packages, output, sign_key } => {
            let packages: Vec<Package> =
                packages.iter().map(|p| site.package(p)).collect::<Result<_, _>>()?;
            match sign_key {
                Some(key) => {
                    site.export_prestaged_signed(&packages, output, &SigningKey::read(key)?, &progress)?
                }
                None => site.export_prestaged(&packages, output, &progress)?,
            }
        }
        Prestage::Import { file, point, verify_key, .. } => {
            let Some(point) = point else {
                let why = "say where to: --dp NAME, or --folder DIR";
                return Err(Error::new(ErrorKind::InvalidArgument, why).into());
            };
            let point = site.point(point)?;
            match verify_key {
                Some(key) => {
                    site.import_prestaged_signed(file, &point, &VerifyingKey::read(key)?, &progress)?
                }
                None => site.import_prestaged(file, &point, &progress)?,
            }
        }
    };
    prestaged(&done, &mut context.output);
    Ok(())
}

fn prestaged(done: &Prestaged, out: &mut Output) {
    if out.json() {
        out.document(done);
        return;
    }
    let there = if done.present > 0 { format!(", {} there already", done.present) } else { String::new() };
    let (packages, blobs) = (done.packages.join(", "), count(done.blobs, "content"));
    let signature = match done.signature {
        "none" => String::new(),
        how => format!(", signature {how}"),
    };
    out.line(format!("{}: {packages}: {blobs}, {}{there}{signature}", done.path, size(done.bytes)));
}
