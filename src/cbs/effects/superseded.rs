//! Packages that nothing of is in use any more: every component that they brought lost against a newer version.

use crate::cbs::state::{CBS, PackageState, Winners};
use crate::cbs::{Identity, Version};
use crate::error::Result;
use crate::registry::{Hive, Key};
use std::collections::{HashMap, HashSet};

/// The installed packages of an image that are superseded by the `winners` in use, by what COMPONENTS and SOFTWARE say:
/// those of which every component that their installed deployments brought lost, and those that hold only such packages.
/// Older versions of a package count too where a newer one is installed.
pub fn superseded_packages(components: &Hive, software: &Hive, winners: &Winners) -> Result<Vec<Identity>> {
    let packages = installed(software)?;
    let wanted: HashSet<String> = packages.iter().map(|p| lower(&p.identity)).collect();
    let deployments = deployments(components, &wanted)?;
    let lost = lost(components, &deployments, winners)?;
    let mut gone: HashSet<String> = HashSet::new();
    for package in &packages {
        let newer = |other: &Package| {
            other.identity.same_family(&package.identity) && other.identity.version > package.identity.version
        };
        let name = lower(&package.identity);
        if packages.iter().any(newer) || lost.get(&name).is_some_and(|all| *all) {
            gone.insert(name);
        }
    }
    // Outward: a package that brought no component itself goes with the last that is nested in it.
    loop {
        let before = gone.len();
        for outer in packages.iter().map(|p| lower(&p.identity)).collect::<Vec<_>>() {
            let mut nested =
                packages.iter().filter(|p| p.owners.contains(&outer)).map(|p| lower(&p.identity)).peekable();
            if !lost.contains_key(&outer) && nested.peek().is_some() && nested.all(|p| gone.contains(&p)) {
                gone.insert(outer);
            }
        }
        if gone.len() == before {
            break;
        }
    }
    Ok(packages.into_iter().map(|p| p.identity).filter(|i| gone.contains(&lower(i))).collect())
}

struct Package {
    identity: Identity,
    /// The packages that it is nested in.
    owners: Vec<String>,
}

fn lower(identity: &Identity) -> String {
    identity.to_string().to_ascii_lowercase()
}

/// The packages that are in the state Installed.
fn installed(software: &Hive) -> Result<Vec<Package>> {
    let Some(packages) = software.key(&format!(r"{CBS}\Packages"))? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for key in packages.subkeys()? {
        let Ok(identity) = Identity::parse(&key.name().to_string()) else { continue };
        let state = key.value("CurrentState")?.map_or(Ok(None), |v| v.dword())?;
        if state != Some(PackageState::INSTALLED.0) {
            continue;
        }
        let own = lower(&identity);
        let owners = match key.child("Owners")? {
            Some(owners) => {
                owners.values()?.iter().map(|v| v.name().to_string().to_ascii_lowercase()).collect()
            }
            None => Vec::new(),
        };
        let owners = owners.into_iter().filter(|o: &String| *o != own).collect();
        out.push(Package { identity, owners });
    }
    Ok(out)
}

/// The deployments by which `wanted` packages are installed, and which packages those are.
fn deployments(components: &Hive, wanted: &HashSet<String>) -> Result<HashMap<String, Vec<String>>> {
    let Some(all) = components.key(r"CanonicalData\Deployments")? else { return Ok(HashMap::new()) };
    let mut out: HashMap<String, Vec<String>> = HashMap::new();
    for key in all.subkeys()? {
        for value in key.values()?.iter().filter(|v| v.name().to_string().starts_with("i!")) {
            let data = value.data()?;
            let Some(package) = data.get(8..).and_then(package_of) else { continue };
            if wanted.contains(&package) {
                out.entry(key.name().to_string().to_ascii_lowercase()).or_default().push(package);
            }
        }
    }
    Ok(out)
}

/// The package in `<package>.<update>`, whose version has four numbers.
fn package_of(data: &[u8]) -> Option<String> {
    let text = str::from_utf8(data).ok()?.trim_end_matches('\0');
    let version = text.rfind('~')? + 1;
    let end = text[version..].match_indices('.').nth(3).map_or(text.len(), |(at, _)| version + at);
    Some(text[..end].to_ascii_lowercase())
}

/// For each package that brought components that can be in use, whether all of them lost.
fn lost(
    components: &Hive,
    deployments: &HashMap<String, Vec<String>>,
    winners: &Winners,
) -> Result<HashMap<String, bool>> {
    let mut out: HashMap<String, bool> = HashMap::new();
    let Some(all) = components.key(r"DerivedData\Components")? else { return Ok(out) };
    for key in all.subkeys()? {
        let values = key.values()?;
        let names: Vec<String> = values.iter().map(|v| v.name().to_string().to_ascii_lowercase()).collect();
        let brought: Vec<&String> =
            names.iter().filter_map(|n| deployments.get(n.strip_prefix("c!")?)).flatten().collect();
        if brought.is_empty() {
            continue;
        }
        let Some(identity) = identity(&key)? else { continue };
        // A deployment, or what has no winner at all, is in no competition.
        let Some(winner) = winners.of(&identity) else { continue };
        for package in brought {
            let all = out.entry(package.clone()).or_insert(true);
            *all &= winner > identity.version;
        }
    }
    Ok(out)
}

/// The identity that a component's key spells out.
fn identity(key: &Key<'_>) -> Result<Option<Identity>> {
    let Some(value) = key.value("identity")? else { return Ok(None) };
    let data = value.data()?;
    let Ok(text) = str::from_utf8(&data) else { return Ok(None) };
    let mut parts = text.trim_end_matches('\0').split(", ");
    let mut out = Identity { name: parts.next().unwrap_or_default().to_owned(), ..Identity::default() };
    for (name, value) in parts.filter_map(|p| p.split_once('=')) {
        let or_empty = if value.eq_ignore_ascii_case("neutral") { "" } else { value };
        match name.to_ascii_lowercase().as_str() {
            "culture" => or_empty.clone_into(&mut out.language),
            "type" => value.clone_into(&mut out.kind),
            "version" => out.version = value.parse().unwrap_or(Version::default()),
            "publickeytoken" => or_empty.clone_into(&mut out.public_key_token),
            "processorarchitecture" => value.clone_into(&mut out.architecture),
            "versionscope" => value.clone_into(&mut out.version_scope),
            _ => {}
        }
    }
    Ok(Some(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::registry::ValueKind;

    #[test]
    fn an_update_is_told_from_its_package() {
        let of = |text: &str| package_of(text.as_bytes());
        assert_eq!(of("P~31bf~amd64~~6.1.1.6.2999226-2_neutral_GDR").unwrap(), "p~31bf~amd64~~6.1.1.6");
        assert_eq!(of("P~31bf~amd64~~6.1.1.6.a.b").unwrap(), "p~31bf~amd64~~6.1.1.6");
        assert_eq!(of("no package"), None);
    }

    #[test]
    fn what_lost_everything_is_superseded_with_what_it_is_nested_in() {
        let limits = Limits::default();
        let identity = |name: &str, version: &str| Identity {
            name: name.into(),
            version: version.parse().unwrap(),
            architecture: "amd64".into(),
            public_key_token: "31bf".into(),
            version_scope: "NonSxS".into(),
            ..Identity::default()
        };
        let package = |name: &str| format!("{name}~31bf~amd64~~1.0.0.0");
        let mut software = Hive::empty(&limits).unwrap().edit().unwrap();
        for (name, owner) in [("Outer", "Outer"), ("In", "Outer"), ("Half", "Half"), ("None", "None")] {
            let mut key = software.create(&format!(r"{CBS}\Packages\{}", package(name))).unwrap();
            key.set_dword("CurrentState", 0x70).unwrap();
            key.create("Owners").unwrap().set_dword(package(owner).as_str(), 0x0002_0070).unwrap();
        }
        let older = format!(r"{CBS}\Packages\None~31bf~amd64~~0.9.0.0");
        software.create(&older).unwrap().set_dword("CurrentState", 0x70).unwrap();
        let mut components = Hive::empty(&limits).unwrap().edit().unwrap();
        for (deployment, name) in [("d1", "In"), ("d2", "Half")] {
            let reference = format!("{}.u", package(name));
            let mut data = (reference.len() as u32).to_le_bytes().to_vec();
            data.extend([0; 4]);
            data.extend(reference.as_bytes());
            let mut key = components.create(&format!(r"CanonicalData\Deployments\{deployment}")).unwrap();
            key.set("i!CBS_x", ValueKind::BINARY, &data).unwrap();
        }
        for (name, deployments) in [("A", &["d1", "d2"][..]), ("B", &["d2"])] {
            let mut key = components.create(&format!(r"DerivedData\Components\{name}")).unwrap();
            let text = identity(name, "6.1.1.1").component_text();
            key.set("identity", ValueKind::BINARY, text.as_bytes()).unwrap();
            for deployment in deployments {
                key.set(format!("c!{deployment}").as_str(), ValueKind::BINARY, &[]).unwrap();
            }
        }
        let mut winners = Winners::default();
        winners.insert(&identity("A", "6.1.1.1"), "6.1.1.2".parse().unwrap());
        winners.insert(&identity("B", "6.1.1.1"), "6.1.1.1".parse().unwrap());
        let gone = superseded_packages(components.hive(), software.hive(), &winners).unwrap();
        let mut gone: Vec<String> = gone.iter().map(ToString::to_string).collect();
        gone.sort();
        assert_eq!(gone, [package("In"), "None~31bf~amd64~~0.9.0.0".to_owned(), package("Outer")]);
    }
}
