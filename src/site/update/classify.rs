//! What an update is for the order of work and for supersedence, from its packages' identities.

use crate::cbs::{Identity, UpdateClass};
use crate::staging::{Inspection, PackageInspection};

/// What is recorded of an update beside its inspection.
pub(super) struct Traits {
    /// `servicing_stack`, `cumulative`, `dotnet` or `update`.
    pub class: &'static str,
    /// What its versions have in common, in small letters.
    pub family: Option<String>,
    /// The version with five digits for each number, so that texts compare as versions do.
    pub version: Option<String>,
    pub title: String,
    pub architecture: String,
    pub release_type: String,
    pub created: String,
}

fn class_of(identity: &Identity) -> &'static str {
    UpdateClass::of(identity).name()
}

/// The same for all versions of one update. Cumulative updates are called the same for every Windows; the first number
/// of their version is the build that they are for. A servicing stack's name ends with its own build.
fn family(identity: &Identity) -> String {
    let mut name = identity.name.to_lowercase();
    if name.starts_with("package_for_servicingstack") {
        name.truncate("package_for_servicingstack".len());
    }
    let build =
        if identity.version.major >= 1000 { identity.version.major.to_string() } else { String::new() };
    format!("{name}~{}~{}~{build}", identity.architecture.to_lowercase(), identity.language.to_lowercase())
}

/// Tells what an inspected update is.
pub(super) fn classify(inspection: &Inspection) -> Traits {
    let identity = |p: &PackageInspection| p.identity.as_deref().and_then(|text| Identity::parse(text).ok());
    let named: Vec<(&PackageInspection, Identity)> =
        inspection.packages.iter().filter_map(|p| Some((p, identity(p)?))).collect();
    let weight = |identity: &Identity| match class_of(identity) {
        "cumulative" => 0,
        "dotnet" => 1,
        "update" => 2,
        _ => 3,
    };
    let main = named.iter().min_by_key(|(_, identity)| weight(identity));
    let package = main.map(|(package, _)| *package).or(inspection.packages.first());
    let text = |of: fn(&PackageInspection) -> &String| package.map(of).cloned().unwrap_or_default();
    let title = match (text(|p| &p.description), text(|p| &p.display_name)) {
        (description, _) if !description.is_empty() => description,
        (_, name) if !name.is_empty() && name != "default" => name,
        _ => main.map(|(_, i)| i.name.clone()).unwrap_or_default(),
    };
    let padded = |i: &Identity| {
        let v = i.version;
        format!("{:05}.{:05}.{:05}.{:05}", v.major, v.minor, v.build, v.revision)
    };
    Traits {
        class: main.map_or("update", |(_, i)| class_of(i)),
        family: main.map(|(_, i)| family(i)),
        version: main.map(|(_, i)| padded(i)),
        title,
        architecture: main.map(|(_, i)| i.architecture.clone()).unwrap_or_default(),
        release_type: text(|p| &p.release_type),
        created: text(|p| &p.created),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Identity {
        Identity::parse(text).unwrap()
    }

    #[test]
    fn versions_of_one_update_are_a_family_and_builds_of_windows_are_not() {
        let a = id("Package_for_RollupFix~31bf3856ad364e35~amd64~~22621.2506.1.8");
        let b = id("Package_for_RollupFix~31bf3856ad364e35~amd64~~22621.2715.1.9");
        let other = id("Package_for_RollupFix~31bf3856ad364e35~amd64~~19041.3636.1.8");
        let arm = id("Package_for_RollupFix~31bf3856ad364e35~arm64~~22621.2506.1.8");
        assert_eq!((class_of(&a), family(&a)), ("cumulative", family(&b)));
        assert!(family(&a) != family(&other) && family(&a) != family(&arm));
        let stack = id("Package_for_ServicingStack_2300~31bf3856ad364e35~amd64~~19041.2300.1.0");
        let newer = id("Package_for_ServicingStack_3562~31bf3856ad364e35~amd64~~19041.3562.1.1");
        assert_eq!((class_of(&stack), family(&stack)), ("servicing_stack", family(&newer)));
        let kb = id("Package_for_KB5015684~31bf3856ad364e35~amd64~~19041.1799.1.2");
        assert_eq!((class_of(&kb), family(&kb)), ("update", "package_for_kb5015684~amd64~~19041".into()));
    }
}
