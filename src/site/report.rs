//! The report: one page that a browser shows without a network, of packages, updates, runs and distribution points.

use super::model::{
    Distribution, DistributionState, Package, Run, RunStatus, Update, UpdateState, UpdateStatus,
};
use super::{Site, clock};
use crate::base::Replacement;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Runs of a package that are listed.
const RUNS: usize = 20;

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #c62828; --wait: #9a6700; --mute: #6e7781; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; } p { margin: .2rem 0; } .mute { color: var(--mute); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: .4rem 0; }
th, td { border: 1px solid var(--line); padding: .25rem .55rem; text-align: left; vertical-align: top; }
th { font-weight: 600; background: #8881; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
td.t, th { white-space: nowrap; } .why { max-width: 22rem; font-size: .85em; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }
";

impl Site {
    /// Writes the report, and what it says of the site at this moment, to the file `out`.
    pub fn write_report(&self, out: &Path) -> Result<()> {
        let page = self.report()?;
        let new = Replacement::begin(out)?;
        new.file().write_all(page.as_bytes()).map_err(|e| Error::io("write the report", out, e))?;
        new.finish()
    }

    /// The report as HTML: one page with all that it needs.
    pub fn report(&self) -> Result<String> {
        let (info, packages, updates) = (self.info()?, self.packages()?, self.updates()?);
        let mut page =
            String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        let _ = write!(page, "<title>Upgrade packages</title>\n<style>{STYLE}</style>\n</head>\n<body>\n");
        let _ = writeln!(
            page,
            "<h1>Upgrade packages</h1>\n<p class=\"mute\">{}, {}</p>",
            text(&info.path),
            time(&clock::now())
        );
        let _ = writeln!(
            page,
            "<p>{}, {}; {} of files take {} in the library. Times are universal time.</p>",
            count(info.packages, "package"),
            count(info.updates, "update"),
            size(info.bytes_of_files),
            size(info.bytes)
        );
        overview(&mut page, &packages, &self.distributions(None)?);
        for package in &packages {
            self.package_section(&mut page, package, &updates)?;
        }
        update_section(&mut page, &updates);
        page.push_str("</body>\n</html>\n");
        Ok(page)
    }

    fn package_section(&self, page: &mut String, package: &Package, updates: &[Update]) -> Result<()> {
        let _ = writeln!(
            page,
            "<h2 id=\"p{}\">{} {}</h2>",
            package.id,
            text(&package.name),
            text(&package.version)
        );
        let _ = writeln!(page, "<p class=\"mute\">{}</p>", text(&package.comment));
        let _ = writeln!(
            page,
            "<p>Content v{}, {}, {}, from {}.</p>",
            package.published,
            text(&package.architecture),
            size(package.bytes),
            text(&package.source)
        );
        let indexes = self.indexes(package)?;
        let statuses = self.status(package, None)?;
        page.push_str(
            "<h3>Indexes and updates</h3>\n<div class=\"scroll\"><table class=\"matrix\"><tr><th>Update</th>",
        );
        for index in &indexes {
            let _ = write!(page, "<th>{} {}</th>", index.index, text(&index.name));
        }
        page.push_str("</tr>\n");
        let mut rows: BTreeMap<i64, Vec<&UpdateStatus>> = BTreeMap::new();
        for status in &statuses {
            rows.entry(status.update).or_default().push(status);
        }
        for (id, row) in &rows {
            let update = updates.iter().find(|u| u.id == *id);
            let name = update.map(|u| u.kb.clone().unwrap_or_else(|| u.file.clone())).unwrap_or_default();
            let _ = write!(page, "<tr><td>{}</td>", text(&name));
            for index in &indexes {
                page.push_str(&cell(row.iter().find(|s| s.index == index.index).copied()));
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</table></div>\n");
        if rows.is_empty() {
            page.push_str("<p class=\"mute\">No update was looked at for this version yet.</p>\n");
        }
        runs(page, &self.db.read(|tx| tx.runs(Some(package.id)))?);
        Ok(())
    }
}

fn overview(page: &mut String, packages: &[Package], distributions: &[Distribution]) {
    page.push_str("<h2>Packages</h2>\n<div class=\"scroll\"><table><tr><th>Package</th><th>Version</th><th>Content</th>");
    page.push_str("<th>Size</th><th>Distribution points</th></tr>\n");
    for package in packages {
        let _ = write!(
            page,
            "<tr><td><a href=\"#p{}\">{}</a></td><td>{}</td><td>v{}</td><td class=\"n\">{}</td><td>",
            package.id,
            text(&package.name),
            text(&package.version),
            package.published,
            size(package.bytes)
        );
        for d in distributions.iter().filter(|d| d.package == package.id) {
            let class = match d.state {
                DistributionState::Installed if d.version == Some(d.published) => "good",
                DistributionState::InstallFailed | DistributionState::RemovalFailed => "bad",
                _ => "wait",
            };
            let there = d.version.map(|v| format!(" v{v}")).unwrap_or_default();
            let why = d.error.as_deref().map(|e| format!(": {e}")).unwrap_or_default();
            let (point, state) = (text(&d.point), d.state);
            let _ = write!(
                page,
                "<div class=\"{class}\">{point}{there}: {state} ({}){}</div>",
                state.number(),
                text(&why)
            );
        }
        page.push_str("</td></tr>\n");
    }
    page.push_str("</table></div>\n");
}

/// One cell of the matrix of indexes and updates; why, for who points at it.
fn cell(status: Option<&UpdateStatus>) -> String {
    let Some(status) = status else { return "<td class=\"mute\">not looked at</td>".into() };
    let class = match status.status {
        UpdateState::Installed | UpdateState::InstalledNotSupported => "good",
        UpdateState::Applicable => "wait",
        UpdateState::Unknown => "bad",
        UpdateState::NotRequired | UpdateState::NotSupported => "mute",
    };
    let since = match (&status.applied, status.found_at_import) {
        (Some(applied), _) => format!("<br>{}", time(applied)),
        (None, true) => "<br>found at import".into(),
        (None, false) => String::new(),
    };
    let (word, number, reason) = (status.status, status.status.number(), text(&status.reason));
    let why = match status.status {
        UpdateState::Unknown => format!("<div class=\"why\">{reason}</div>"),
        _ => String::new(),
    };
    format!("<td class=\"{class}\" title=\"{reason}\">{word} ({number}){since}{why}</td>")
}

fn runs(page: &mut String, runs: &[Run]) {
    if runs.is_empty() {
        return;
    }
    page.push_str("<h3>Runs</h3>\n<div class=\"scroll\"><table><tr><th>Run</th><th>Began</th><th>Ended</th><th>Status</th>");
    page.push_str("<th>Versions</th><th>Message</th></tr>\n");
    for run in runs.iter().take(RUNS) {
        let class = match run.status {
            RunStatus::Success if run.failed_update.is_none() => "good",
            RunStatus::Failed => "bad",
            _ => "wait",
        };
        let made = run.to_version.map(|v| format!("v{} to v{v}", run.from_version)).unwrap_or_default();
        let failed = run.failed_update.as_deref().map(|f| format!("{f}: ")).unwrap_or_default();
        let code = match run.error_code.as_str() {
            "0x00000000" => String::new(),
            code => format!(" ({code})"),
        };
        let mut message =
            run.message.as_deref().map(|m| text(&format!("{failed}{m}{code}"))).unwrap_or_default();
        for old in &run.superseded {
            let name = text(old.kb.as_deref().unwrap_or(&old.file));
            let what = if old.removed { "was superseded and removed" } else { "is superseded and stays" };
            let _ = write!(message, "<div>{name} {what}: {}</div>", text(&old.reason));
        }
        let _ = writeln!(
            page,
            "<tr><td class=\"n\">{}</td><td class=\"t\">{}</td><td class=\"t\">{}</td><td class=\"t {class}\">{} ({})</td>\
             <td class=\"t\">{made}</td><td>{message}</td></tr>",
            run.id,
            time(&run.started),
            time(run.finished.as_deref().unwrap_or_default()),
            run.status,
            run.status.number()
        );
    }
    page.push_str("</table></div>\n");
    if runs.len() > RUNS {
        let _ = writeln!(page, "<p class=\"mute\">and {} older ones</p>", runs.len() - RUNS);
    }
}

fn update_section(page: &mut String, updates: &[Update]) {
    page.push_str("<h2>Updates</h2>\n<div class=\"scroll\"><table><tr><th>Id</th><th>Update</th><th>Title</th><th>Class</th>");
    page.push_str("<th>Architecture</th><th>Size</th><th>Signature</th><th>Superseded by</th></tr>\n");
    for u in updates {
        let newer: Vec<String> = u.superseded_by.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            page,
            "<tr><td class=\"n\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td title=\"{}\">{}</td><td>{}</td></tr>",
            u.id,
            text(u.kb.as_deref().unwrap_or(&u.file)),
            text(&u.title),
            text(&u.class),
            text(&u.architecture),
            size(u.size),
            text(&u.signature_reason),
            text(&u.signature),
            newer.join(", ")
        );
    }
    page.push_str("</table></div>\n");
}

/// A text as it stands in HTML, in an attribute too. Names come from files.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A time as people read it.
fn time(stamp: &str) -> String {
    text(&stamp.replacen('T', " ", 1).replace('Z', ""))
}

fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        assert_eq!(
            text("<script>alert('&\"')</script>\n"),
            "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt; "
        );
        assert_eq!(
            (size(1_500), size(2_500_000), size(4_200_000_000)),
            ("1.5 kB".into(), "2.5 MB".into(), "4.20 GB".into())
        );
    }
}
