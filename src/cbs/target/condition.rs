//! The conditions of a package's updates: whether one takes effect is read from the components that the image uses and
//! from the updates of the packages that it has.
//!
//! How far `elevate` goes is inferred from 1,770 conditions of real packages. Those of Windows 7 state the same component
//! once for each branch and service pack: what keeps to a build and a branch says `revision`, what moves from the common
//! branch to the hotfixes' says `distribution`, what moves on to a later service pack says `serviceLevel`, and what need
//! not be there says `install`.

use super::ImageState;
use super::check::Answer;
use super::present::branch;
use crate::cbs::mum::{Applicable, Elevate, PackageUpdate};
use crate::cbs::state::Winners;
use crate::cbs::{Identity, Mum, Version};
use crate::error::ErrorKind;

/// Whether an update of a package takes effect, by its own conditions alone.
pub(super) fn answer(mum: &Mum, update: &PackageUpdate, state: &ImageState, winners: &Winners) -> Answer {
    let asked = update.applicable.iter().map(|condition| holds(mum, condition, state, winners));
    let whole = together(asked.collect(), "conditions");
    let within = |reason: String| format!("the update {} of {}: {reason}", update.name, mum.identity);
    match whole {
        Answer::Yes => Answer::Yes,
        Answer::No(kind, reason) => Answer::No(kind, within(reason)),
        Answer::Unknown(reason) => Answer::Unknown(within(reason)),
    }
}

/// One condition. Real ones hold a single element each.
fn holds(mum: &Mum, condition: &Applicable, state: &ImageState, winners: &Winners) -> Answer {
    let mut answers: Vec<Answer> = condition
        .components
        .iter()
        .map(|(elevate, components)| elevates(elevate, components, winners))
        .chain(condition.detects.iter().map(|name| detects(mum, name, state)))
        .collect();
    answers.extend(
        condition.other.iter().map(|name| Answer::Unknown(format!("what {name} asks for is not known"))),
    );
    if answers.is_empty() {
        return Answer::Unknown("its condition is empty".to_owned());
    }
    together(answers, "parts of a condition")
}

/// Any component that may be elevated does.
fn elevates(elevate: &Elevate, components: &[Identity], winners: &Winners) -> Answer {
    if let Elevate::Unknown(word) = elevate {
        return Answer::Unknown(format!("how far the elevation '{word}' goes is not known"));
    }
    if *elevate == Elevate::Install {
        return Answer::Yes;
    }
    if !winners.are_told() {
        return Answer::Unknown("the image does not tell which components it uses".to_owned());
    }
    let mut other = None;
    for component in components {
        match winners.of(component) {
            Some(used) if reaches(elevate, used, component.version) => return Answer::Yes,
            Some(used) => other = Some((component, used)),
            None => {}
        }
    }
    let reason = match (other, components.first()) {
        (Some((component, used)), _) => format!(
            "it is for {} {} by {}, and the image uses {used}",
            component.name,
            component.version,
            elevate.name()
        ),
        (None, Some(first)) => format!("the image does not use the component {}", first.name),
        (None, None) => return Answer::Unknown("its condition names no component".to_owned()),
    };
    Answer::No(ErrorKind::NotApplicable, reason)
}

/// Whether an update may bring a component from the version in use to its own. One that only keeps a branch up to date
/// does so also where the image is newer already: it is then in effect, and the newer component stays.
fn reaches(elevate: &Elevate, used: Version, own: Version) -> bool {
    let build = used.build == own.build;
    match elevate {
        Elevate::Install => true,
        Elevate::Revision => build && branch(used) == branch(own),
        Elevate::Distribution => build && (used <= own || branch(used) == branch(own)),
        Elevate::ServiceLevel => used <= own || build && branch(used) == branch(own),
        Elevate::Unknown(_) => false,
    }
}

/// An update of that name, of an installed package that this one names as its parent.
fn detects(mum: &Mum, name: &str, state: &ImageState) -> Answer {
    let mut absent = None;
    let mut found_any = false;
    for wanted in mum.parents.iter().flat_map(|p| &p.identities) {
        for found in state.family(wanted) {
            found_any = true;
            match state.update(found, name) {
                Some(number) if number.is_unclear() => {
                    return Answer::Unknown(format!("the update {name} of {found} is in the state {number}"));
                }
                Some(number) if number.is_installed() => return Answer::Yes,
                Some(number) => absent = Some((found, number)),
                None => {}
            }
        }
    }
    match absent {
        Some((found, number)) => Answer::No(
            ErrorKind::NotApplicable,
            format!("the update {name} of {found} is not installed but in the state {number}"),
        ),
        None if found_any => Answer::Unknown(format!(
            "the image does not tell whether its parent's update {name} is installed"
        )),
        None => Answer::Unknown(format!("the image does not have the package whose update {name} decides")),
    }
}

/// Several answers where it is not known whether all of them are needed or any: only what they agree in counts.
fn together(mut answers: Vec<Answer>, of: &str) -> Answer {
    let yes = answers.iter().filter(|a| matches!(a, Answer::Yes)).count();
    let no = answers.iter().filter(|a| matches!(a, Answer::No(..))).count();
    match answers.len() {
        0 => Answer::Yes,
        all if yes == all || no == all || all == 1 => answers.swap_remove(0),
        all if yes + no == all => Answer::Unknown(format!(
            "of its {all} {of} the image satisfies {yes}; how many are needed is not known"
        )),
        _ => {
            let unknown = answers.into_iter().find(|a| matches!(a, Answer::Unknown(_)));
            unknown.unwrap_or(Answer::Yes)
        }
    }
}

impl Elevate {
    fn name(&self) -> &str {
        match self {
            Self::Install => "install",
            Self::Revision => "revision",
            Self::Distribution => "distribution",
            Self::ServiceLevel => "serviceLevel",
            Self::Unknown(word) => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Elevate::{Distribution, Install, Revision, ServiceLevel};

    #[test]
    fn an_elevation_goes_as_far_as_it_says() {
        let version = |build, revision| Version::new(6, 1, build, revision);
        let common = version(7601, 18_673);
        let hotfix = version(7601, 22_880);
        for (elevate, used, own, expected) in [
            (Revision, version(7601, 17_514), common, true),
            (Revision, version(7601, 19_000), common, true),
            (Revision, version(7601, 22_000), common, false),
            (Revision, version(7600, 16_385), common, false),
            (Revision, version(7601, 22_000), hotfix, true),
            (Revision, version(7600, 21_000), hotfix, false),
            (Revision, version(7601, 17_514), hotfix, false),
            (Distribution, version(7601, 17_514), hotfix, true),
            (Distribution, version(7601, 22_000), hotfix, true),
            (Distribution, version(7600, 16_385), hotfix, false),
            (Distribution, version(7601, 22_000), common, false),
            (ServiceLevel, version(7600, 16_385), common, true),
            (ServiceLevel, version(7601, 17_514), common, true),
            (ServiceLevel, version(7600, 21_000), common, true),
            (ServiceLevel, version(7601, 22_000), common, false),
            (ServiceLevel, version(7602, 16_000), common, false),
            (ServiceLevel, version(7601, 17_514), hotfix, true),
            (Install, version(9200, 1), common, true),
        ] {
            assert_eq!(reaches(&elevate, used, own), expected, "{elevate:?} {used} {own}");
        }
    }

    #[test]
    fn what_disagrees_is_not_known() {
        let no = || Answer::No(ErrorKind::NotApplicable, "no".into());
        let unknown = || Answer::Unknown("who knows".into());
        let is = |answers: Vec<Answer>| match together(answers, "parts") {
            Answer::Yes => "yes".to_owned(),
            Answer::No(_, reason) | Answer::Unknown(reason) => reason,
        };
        assert_eq!(is(vec![]), "yes");
        assert_eq!(is(vec![Answer::Yes, Answer::Yes]), "yes");
        assert_eq!(is(vec![no(), no()]), "no");
        assert!(is(vec![Answer::Yes, no()]).contains("satisfies 1"));
        assert_eq!(is(vec![Answer::Yes, unknown()]), "who knows");
        assert_eq!(is(vec![no(), unknown()]), "who knows");
    }
}
