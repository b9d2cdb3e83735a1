//! Answers for made-up packages; `tests/cbs.rs` asks about real ones.

use super::*;
use crate::base::Limits;
use crate::cbs::state::{PackageState, Winners};
use crate::cbs::{Mum, PackageSet};

const PKT: &str = "31bf3856ad364e35";

fn id(name: &str, version: &str) -> String {
    format!(
        "<assemblyIdentity name='{name}' version='{version}' language='neutral' processorArchitecture='amd64' publicKeyToken='{PKT}'/>"
    )
}

fn mum(name: &str, package: &str, body: &str) -> Mum {
    let text = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'>{}<package {package}>{body}</package></assembly>",
        id(name, "6.1.1.6")
    );
    Mum::parse(text.as_bytes(), &Limits::default()).unwrap()
}

fn parent(rules: &str, ids: &[(&str, &str)]) -> String {
    let ids = ids.iter().map(|(n, v)| id(n, v)).collect::<Vec<_>>().concat();
    format!("<parent {rules}>{ids}</parent>")
}

fn nest(name: &str) -> String {
    format!("<update name='u'><package>{}</package></update>", id(name, "6.1.1.6"))
}

fn image(packages: &[(&str, &str)]) -> (ImageTarget, ImageState) {
    let target = ImageTarget {
        architecture: Some(Architecture::Amd64),
        version: Version::new(6, 1, 7601, 17514),
        ..ImageTarget::default()
    };
    let ids = packages.iter().map(|(n, v)| Identity::parse(&format!("{n}~{PKT}~amd64~~{v}")).unwrap());
    (target, ImageState::new(ids, Some(Version::new(6, 1, 7601, 17514))))
}

fn ask(mums: &[Mum], packages: &[(&str, &str)]) -> Applicability {
    let named = mums
        .iter()
        .enumerate()
        .map(|(i, m)| (["update.mum", "1.mum", "2.mum"][i].to_owned(), m.clone()))
        .collect();
    let (target, state) = image(packages);
    check(&PackageSet::new(named).unwrap(), &target, &state)
}

fn kind(answer: &Applicability) -> Option<ErrorKind> {
    match answer {
        Applicability::NotApplicable { kind, hresult, .. } => {
            assert_ne!(*hresult, 0);
            Some(*kind)
        }
        _ => None,
    }
}

const SP1: (&str, &str) = ("Client", "6.1.7601.17514");
const RTM: (&str, &str) = ("Client", "6.1.7600.16385");

#[test]
fn a_parent_of_the_right_version_is_needed() {
    let rules = "buildCompare='EQ' serviceCompare='GE'";
    let update = mum("P", "", &parent(rules, &[("Server", "6.1.7601.17514"), SP1]));
    let yes = ask(std::slice::from_ref(&update), &[SP1]);
    assert!(
        matches!(&yes, Applicability::Applicable { parents, .. } if parents[0].name == "Client"),
        "{yes:?}"
    );
    assert!(ask(std::slice::from_ref(&update), &[("client", "6.1.7601.20000")]).is_applicable());
    assert_eq!(kind(&ask(std::slice::from_ref(&update), &[RTM])), Some(ErrorKind::VersionMismatch));
    let none = ask(std::slice::from_ref(&update), &[("Else", "6.1.7601.17514")]);
    assert_eq!(kind(&none), Some(ErrorKind::NotApplicable));
    assert!(none.reason().unwrap().contains("nor any of 1 others"));
    assert!(matches!(ask(std::slice::from_ref(&update), &[]), Applicability::Undecided { .. }));
    assert_eq!(none.into_result().unwrap_err().kind(), ErrorKind::NotApplicable);
}

#[test]
fn other_windows_and_other_architectures_are_refused() {
    let vista = mum("P", "", &parent("", &[("Client", "6.0.6000.16386")]));
    assert_eq!(kind(&ask(std::slice::from_ref(&vista), &[])), Some(ErrorKind::VersionMismatch));
    assert_eq!(kind(&ask(&[vista], &[SP1])), Some(ErrorKind::VersionMismatch));
    let update = mum("P", "", &parent("", &[SP1]));
    let (mut target, state) = image(&[SP1]);
    target.architecture = Some(Architecture::X86);
    let set = PackageSet::new(vec![("update.mum".into(), update)]).unwrap();
    let answer = check(&set, &target, &state);
    assert_eq!(kind(&answer), Some(ErrorKind::ArchitectureMismatch));
    assert!(matches!(answer, Applicability::NotApplicable { hresult: 0x800F_081B, .. }));
}

#[test]
fn an_image_of_unknown_architecture_takes_only_what_its_packages_show() {
    let (mut target, state) = image(&[SP1]);
    target.architecture = None;
    let ask = |update| {
        let set = PackageSet::new(vec![("update.mum".into(), update)]).unwrap();
        check(&set, &target, &state)
    };
    assert!(ask(mum("P", "", &parent("", &[SP1]))).is_applicable());
    let answer = ask(mum("P", "", ""));
    assert!(matches!(&answer, Applicability::Undecided { reason } if reason.contains("amd64")), "{answer:?}");
}

#[test]
fn nested_packages_decide_where_the_package_says_so() {
    let exact = "buildCompare='EQ' serviceCompare='EQ'";
    let any = parent("", &[SP1, RTM]);
    let deep = "applicabilityEvaluation='deep'";
    let sp1 = mum("P_SP1", "", &parent(exact, &[SP1]));
    let rtm = mum("P_RTM", "", &parent(exact, &[RTM]));
    let root = |package| mum("P", package, &(any.clone() + &nest("P_SP1") + &nest("P_RTM")));
    assert!(ask(&[root(deep), sp1.clone(), rtm.clone()], &[SP1]).is_applicable());
    assert!(ask(&[root(deep), sp1, rtm.clone()], &[RTM]).is_applicable());
    assert_eq!(kind(&ask(&[root(deep), rtm.clone()], &[SP1])), Some(ErrorKind::VersionMismatch));
    assert!(ask(&[root(""), rtm], &[SP1]).is_applicable());
    let circle = mum("P_SP1", deep, &nest("P"));
    let answer = ask(&[root(deep), circle], &[SP1]);
    assert!(!answer.is_applicable(), "{answer:?}");
}

#[test]
fn what_is_not_known_is_never_yes() {
    let several = mum("P", "", &(parent("", &[SP1]) + &parent("", &[("Nano", "6.1.7601.17514")])));
    assert!(matches!(ask(std::slice::from_ref(&several), &[SP1]), Applicability::Undecided { .. }));
    let both = ask(std::slice::from_ref(&several), &[SP1, ("Nano", "6.1.7601.17514")]);
    assert!(both.is_applicable());
    assert!(kind(&ask(&[several], &[("Else", "6.1.7601.17514")])).is_some());
    let odd = mum("P", "", &parent("serviceCompare='NEAR'", &[SP1]));
    assert!(matches!(ask(&[odd], &[("Client", "6.1.7601.17515")]), Applicability::Undecided { .. }));
    let unstated = mum("P", "", &parent("", &[RTM]));
    assert!(matches!(ask(&[unstated], &[SP1]), Applicability::Undecided { .. }));
}

#[test]
fn newer_stacks_and_older_updates_are_refused() {
    let stack = |v: &str| {
        format!(
            "<installerAssembly name='Microsoft-Windows-ServicingStack' version='{v}' processorArchitecture='amd64'/>"
        )
    };
    assert!(ask(&[mum("P", "", &stack("6.0.0.0"))], &[SP1]).is_applicable());
    let answer = ask(&[mum("P", "", &stack("6.2.0.0"))], &[SP1]);
    assert!(matches!(answer, Applicability::NotApplicable { hresult: 0x800F_0823, .. }));
    let update = mum("P", "", "");
    assert!(ask(std::slice::from_ref(&update), &[SP1, ("P", "6.1.1.5")]).is_applicable());
    let again = ask(&[update], &[SP1, ("P", "6.1.1.6")]);
    assert!(again.reason().unwrap().contains("already has"));
}

#[test]
fn the_state_of_a_package_decides() {
    let numbers = |own: u32, parent: u32| {
        let update = mum("P", "", &parent_of(SP1));
        let set = PackageSet::new(vec![("update.mum".into(), update)]).unwrap();
        let (target, _) = image(&[]);
        let states = [("P", "6.1.1.6", own), ("Client", SP1.1, parent)].map(|(name, version, number)| {
            let identity = Identity::parse(&format!("{name}~{PKT}~amd64~~{version}")).unwrap();
            (identity, Some(PackageState(number)))
        });
        let answer = check(&set, &target, &ImageState::with_states(states, None, Winners::default()));
        (
            serde_json::to_value(&answer).unwrap()["answer"].as_str().unwrap().to_owned(),
            answer.update_status(),
        )
    };
    let broken = (-0x70_i32) as u32;
    for (own, parent, answer, status) in [
        (0x00, 0x70, "applicable", 3),
        (0x40, 0x70, "applicable", 3),
        (0x40, 0x80, "applicable", 3),
        (0x05, 0x60, "applicable", 3),
        (0x00, 0x50, "applicable", 3),
        (0x70, 0x70, "installed", 2),
        (0x80, 0x70, "installed", 2),
        (0x60, 0x70, "installed", 2),
        (0x50, 0x70, "superseded", 1),
        (0x65, 0x70, "undecided", 4),
        (broken, 0x70, "undecided", 4),
        (0x33, 0x70, "undecided", 4),
        (0x00, 0x40, "not_applicable", 1),
        (0x00, 0x00, "not_applicable", 1),
        (0x00, 0x65, "undecided", 4),
        (0x00, broken, "undecided", 4),
    ] {
        assert_eq!(numbers(own, parent), (answer.to_owned(), status), "{own:#x} {parent:#x}");
    }
}

fn parent_of(one: (&str, &str)) -> String {
    parent("buildCompare='EQ' serviceCompare='GE'", &[one])
}

#[test]
fn newer_packages_and_components_supersede() {
    let update = mum("P", "", "");
    let newer = ask(std::slice::from_ref(&update), &[SP1, ("P", "6.1.1.7")]);
    assert!(matches!(newer, Applicability::Superseded { .. }), "{newer:?}");
    assert_eq!(newer.hresult(), Some(0x800F_081E));
    let component = |revision| Identity {
        version: Version::new(6, 1, 7601, revision),
        version_scope: "nonSxS".into(),
        ..Identity::parse(&format!("Ucrt~{PKT}~amd64~~1.0.0.0")).unwrap()
    };
    let set = PackageSet::new(vec![("update.mum".into(), update)]).unwrap();
    let set = set.with_components(vec![component(18937), component(23140)]);
    for (winner, superseded) in
        [(19105, true), (18937, false), (18000, false), (23303, true), (23140, false), (22000, false)]
    {
        let mut winners = Winners::default();
        winners.insert(&component(0), Version::new(6, 1, 7601, winner));
        let state = ImageState::with_states([], None, winners);
        let answer = check(&set, &image(&[]).0, &state);
        assert_eq!(matches!(answer, Applicability::Superseded { .. }), superseded, "{winner}: {answer:?}");
    }
    assert!(check(&set, &image(&[]).0, &ImageState::default()).is_applicable());
}

#[test]
fn languages_and_editions_are_named() {
    let (mut target, state) = image(&[SP1]);
    (target.languages, target.edition) = (vec!["en-US".into()], "Ultimate".into());
    let answer = |language: &str, kind: &str, body: &str| {
        let mut update = mum("P", &format!("releaseType='{kind}'"), body);
        update.identity.language = language.into();
        check(&PackageSet::new(vec![("update.mum".into(), update)]).unwrap(), &target, &state)
    };
    assert!(answer("EN-us", "Update", "").is_applicable());
    assert!(answer("ja-JP", "Language Pack", "").is_applicable());
    assert!(answer("ja-JP", "Update", "").reason().unwrap().contains("ja-JP"));
    let edition = "Microsoft-Windows-EnterpriseEdition";
    let refused = answer("", "Update", &parent_of((edition, SP1.1)));
    assert!(
        refused.reason().unwrap().contains("Enterprise") && refused.reason().unwrap().contains("Ultimate")
    );
}

#[test]
fn what_only_windows_can_complete_is_said() {
    let update = "<packageExtended completelyOfflineCapable='no'/><update name='u'/>";
    match ask(&[mum("P", "", update)], &[SP1]) {
        Applicability::Applicable { left_to_windows, .. } => assert_eq!(left_to_windows.len(), 1),
        other => panic!("{other:?}"),
    }
}

/// The answer's name, and the word that its reason must hold.
fn told(answer: &Applicability, word: &str) -> String {
    let sentence = answer.sentence();
    assert!(sentence.contains(word), "'{sentence}' does not say '{word}'");
    serde_json::to_value(answer).unwrap()["answer"].as_str().unwrap().to_owned()
}

#[test]
fn a_servicing_stack_that_is_not_known_decides_nothing() {
    let needs = |version: &str| {
        mum(
            "P",
            "",
            &format!("<installerAssembly name='Microsoft-Windows-ServicingStack' version='{version}'/>"),
        )
    };
    let answer = |version: &str, stack: Option<Version>| {
        let set = PackageSet::new(vec![("update.mum".into(), needs(version))]).unwrap();
        let foundation = Identity::parse(&format!("F~{PKT}~amd64~~6.1.7601.17514")).unwrap();
        check(&set, &image(&[]).0, &ImageState::new([foundation], stack))
    };
    let stack = Some(Version::new(6, 1, 7601, 24_516));
    assert_eq!(told(&answer("6.1.7601.24516", stack), "no parent"), "applicable");
    assert_eq!(told(&answer("6.1.7601.24550", stack), "24550"), "not_applicable");
    assert_eq!(told(&answer("6.1.7601.24516", None), "servicing stack"), "undecided");
    assert_eq!(told(&answer("6.0.0.0", None), "no parent"), "applicable");
}

#[test]
fn languages_and_editions_that_are_not_known_decide_nothing() {
    let (mut target, state) = image(&[SP1]);
    let mut update = mum("P", "releaseType='Update'", "");
    update.identity.language = "ja-JP".into();
    let set = PackageSet::new(vec![("update.mum".into(), update)]).unwrap();
    assert_eq!(told(&check(&set, &target, &state), "ja-JP"), "undecided");
    target.languages = vec!["ja-jp".into()];
    assert_eq!(told(&check(&set, &target, &state), "no parent"), "applicable");
    target.languages = vec!["en-US".into()];
    assert_eq!(told(&check(&set, &target, &state), "en-US"), "not_applicable");

    let edition = ("Microsoft-Windows-EnterpriseEdition", SP1.1);
    let update = mum("P", "", &parent_of(edition));
    assert_eq!(told(&ask(std::slice::from_ref(&update), &[edition]), "Enterprise"), "applicable");
    assert_eq!(told(&ask(std::slice::from_ref(&update), &[SP1]), "Enterprise"), "not_applicable");
    assert_eq!(told(&ask(&[update], &[]), "lists no packages"), "undecided");
}

/// The packages of Windows 7 and before state each component once for each branch; KB3012660 is one of them.
#[test]
fn the_components_in_use_decide_which_updates_take_effect() {
    let component = |version: &str| {
        format!(
            "<assemblyIdentity name='Fx' version='{version}' processorArchitecture='amd64' publicKeyToken='{PKT}' versionScope='nonSxS'/>"
        )
    };
    let update = |elevate: &str, version: &str| {
        format!(
            "<update name='{elevate}'><applicable disposition='staged'><updateComponent elevate='{elevate}'>{}\
             </updateComponent></applicable><component>{}</component></update>",
            component(version),
            component(version)
        )
    };
    let used = |version: Option<Version>| {
        let mut winners = Winners::none_in_use();
        if let Some(version) = version {
            let own = Identity::parse(&format!("Fx~{PKT}~amd64~~1.0.0.0")).unwrap();
            winners.insert(&Identity { version_scope: "nonSxS".into(), ..own }, version);
        }
        let foundation = Identity::parse(&format!("{}~{PKT}~amd64~~{}", SP1.0, SP1.1)).unwrap();
        ImageState::with_states([(foundation, None)], Some(Version::new(6, 1, 7601, 17514)), winners)
    };
    let answer = |root: &str, body: &str, state: &ImageState| {
        let files = vec![
            ("update.mum".to_owned(), mum("R", root, &nest("P"))),
            ("1.mum".to_owned(), mum("P", "", &(parent("", &[SP1]) + body))),
        ];
        check(&PackageSet::new(files).unwrap(), &image(&[]).0, state)
    };
    let deep = "applicabilityEvaluation='deep'";
    let common = update("revision", "6.1.7601.18673") + &update("revision", "6.1.7601.22880");
    for (version, expected, word) in [
        (Some(Version::new(6, 1, 7601, 17514)), "applicable", "Client"),
        (Some(Version::new(6, 1, 7601, 22000)), "applicable", "Client"),
        (Some(Version::new(6, 1, 7600, 16385)), "not_applicable", "6.1.7600.16385"),
        (None, "not_applicable", "does not use the component Fx"),
    ] {
        assert_eq!(told(&answer(deep, &common, &used(version)), word), expected, "{version:?}");
    }
    let later = update("serviceLevel", "6.1.7601.18673");
    let first = used(Some(Version::new(6, 1, 7600, 16385)));
    assert!(answer(deep, &later, &first).is_applicable());
    // What an image does not say is not taken to be either way, and one update that takes effect is enough.
    let silent = image(&[SP1]).1;
    assert_eq!(told(&answer(deep, &common, &silent), "which components it uses"), "undecided");
    assert!(answer(deep, &(common.clone() + &update("install", "6.1.7601.18673")), &silent).is_applicable());
    assert_eq!(told(&answer(deep, &update("someday", "6.1.7601.18673"), &first), "someday"), "undecided");
    // Without `deep` the nested packages are not asked.
    assert!(answer("", &common, &silent).is_applicable());
    let empty = "<update name='u'><applicable disposition='staged'/></update>";
    assert_eq!(told(&answer(deep, empty, &first), "empty"), "undecided");
    let odd = "<update name='u'><applicable><updateMoon/></applicable></update>";
    assert_eq!(told(&answer(deep, odd, &first), "updateMoon"), "undecided");
}

/// KB974405's language packs ask for an update of their parent.
#[test]
fn an_update_of_the_parent_decides() {
    let condition = "<update name='wif'><applicable disposition='detect'><detectUpdate><parent name='WIF'/></detectUpdate></applicable></update>";
    let update = mum("P", "", &(parent("", &[SP1]) + condition));
    let set = PackageSet::new(vec![("update.mum".into(), update)]).unwrap();
    let answer = |number: Option<u32>| {
        let (target, mut state) = image(&[SP1]);
        let sp1 = Identity::parse(&format!("{}~{PKT}~amd64~~{}", SP1.0, SP1.1)).unwrap();
        if let Some(number) = number {
            state = state.with_update(&sp1, "wif", PackageState(number));
        }
        check(&set, &target, &state)
    };
    assert_eq!(told(&answer(Some(0x70)), "Client"), "applicable");
    assert_eq!(told(&answer(Some(0x40)), "WIF"), "not_applicable");
    assert_eq!(told(&answer(Some(0x65)), "WIF"), "undecided");
    assert_eq!(told(&answer(None), "WIF"), "undecided");
}
