//! The servicing stack of a combined update: it goes first, and into some images alone.

use crate::base::Limits;
use crate::cbs::{Mum, UpdateClass};
use crate::error::Result;
use crate::package::{PackageCab, Update};

/// Puts the update's servicing stacks before its other packages; with `only`, leaves no others.
///
/// Which packages are servicing stacks is told by their files' names where one has the usual name, so that a cabinet of
/// gigabytes is not decoded for the manifest in it.
pub(crate) fn stacks_first(update: &mut Update, only: bool, limits: &Limits) -> Result<()> {
    if update.packages.len() < 2 && !only {
        return Ok(());
    }
    let mut stacks: Vec<bool> = update.packages.iter().map(|p| is_named(&p.name)).collect();
    if !stacks.contains(&true) {
        stacks = update.packages.iter().map(|p| is_stack(p, limits)).collect::<Result<_>>()?;
    }
    let packages = std::mem::take(&mut update.packages);
    let (first, rest): (Vec<_>, Vec<_>) = packages.into_iter().zip(stacks).partition(|(_, stack)| *stack);
    let rest = rest.into_iter().filter(|_| !only);
    update.packages = first.into_iter().chain(rest).map(|(package, _)| package).collect();
    Ok(())
}

/// `SSU-26100.1738-x64.cab`
fn is_named(name: &str) -> bool {
    let file = name.rsplit(['\\', '/']).next().unwrap_or(name);
    file.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("ssu-"))
}

fn is_stack(package: &PackageCab, limits: &Limits) -> Result<bool> {
    let Some(member) = package.cabinet.find("update.mum") else { return Ok(false) };
    Limits::check("the size of the package's manifest", member.size, limits.max_document)
        .map_err(|e| e.within(&package.name))?;
    let data = package.cabinet.read_member(member.index)?;
    let mum = Mum::parse(&data, limits).map_err(|e| e.within(&package.name))?;
    Ok(UpdateClass::of(&mum.identity) == UpdateClass::ServicingStack)
}
