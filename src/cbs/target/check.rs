//! The check itself: architecture, servicing stack, parents, and nested packages where they decide.

use super::present::present;
use super::{Applicability, Architecture, ImageState, ImageTarget, condition};
use crate::cbs::mum::Parent;
use crate::cbs::state::{PackageState, Winners};
use crate::cbs::{Identity, Mum, PackageSet, Version};
use crate::error::ErrorKind;

/// How many packages may be nested in each other.
pub(super) const MAX_NESTING: usize = 32;
/// The most packages looked at; nesting could repeat them without end.
const MAX_VISITS: usize = 100_000;
/// What packages name that any servicing stack can install.
const FIRST_STACK: Version = Version::new(6, 0, 0, 0);

/// Whether the update `set` applies to the image. Never "yes" where a rule that decides is not known.
///
/// ```
/// use wimwright::ErrorKind;
/// use wimwright::base::Limits;
/// use wimwright::cbs::target::{Applicability, ImageState, ImageTarget, check};
/// use wimwright::cbs::{Architecture, Identity, PackageSet, Version};
///
/// let mum = "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'>
///   <assemblyIdentity name='P' version='6.1.1.6' processorArchitecture='amd64' publicKeyToken='31bf'/>
///   <package><parent buildCompare='EQ' revisionCompare='GE'>
///     <assemblyIdentity name='Client' version='6.1.7601.17514' processorArchitecture='amd64' publicKeyToken='31bf'/>
///   </parent></package>
/// </assembly>";
/// let update = PackageSet::parse([("update.mum", mum.into())], &Limits::default())?;
/// let target = ImageTarget {
///     architecture: Some(Architecture::Amd64),
///     version: Version::new(6, 1, 7601, 17514),
///     ..ImageTarget::default()
/// };
/// let stack = Some(Version::new(6, 1, 7601, 17514));
/// let ask = |parent: &str| -> wimwright::Result<Applicability> {
///     Ok(check(&update, &target, &ImageState::new([Identity::parse(parent)?], stack)))
/// };
/// let yes = ask("Client~31bf~amd64~~6.1.7601.17514")?;
/// assert!(yes.is_applicable() && yes.update_status() == 3 && yes.hresult().is_none() && yes.reason().is_none());
/// assert_eq!(yes.sentence(), "the image has Client~31bf~amd64~~6.1.7601.17514");
/// let no = ask("Client~31bf~amd64~~6.1.7600.16385")?;
/// assert_eq!((no.update_status(), no.hresult()), (1, Some(0x800F_081E)));
/// assert_eq!(no.into_result().unwrap_err().kind(), ErrorKind::VersionMismatch);
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn check(set: &PackageSet, target: &ImageTarget, state: &ImageState) -> Applicability {
    let root = set.root();
    if let Some(answer) = architecture(root, target).or_else(|| present(set, state)) {
        return answer;
    }
    let mut walk = Walk::new(set, target, state, state.winners());
    let answer = walk.package(root, 0);
    if let (Answer::Yes, Some(answer)) = (&answer, stack(root, state)) {
        return answer;
    }
    match answer {
        Answer::Yes if target.architecture.is_none() && !walk.shows(&root.identity.architecture) => {
            let reason = format!(
                "the image does not say its architecture, and the update is for {}",
                root.identity.architecture
            );
            Applicability::Undecided { reason }
        }
        Answer::Yes => {
            if root.offline_capable() == Some(false) {
                walk.note("the package says that it cannot be completed in an offline image".into());
            }
            Applicability::Applicable { parents: walk.parents, left_to_windows: walk.notes }
        }
        Answer::No(kind, reason) => Applicability::refused(kind, reason),
        Answer::Unknown(reason) => Applicability::Undecided { reason },
    }
}

fn architecture(root: &Mum, target: &ImageTarget) -> Option<Applicability> {
    let own = Architecture::from_name(&root.identity.architecture)?;
    let image = target.architecture?;
    (own != image).then(|| {
        let reason = format!("the update is for {own}, the image is {image}");
        Applicability::refused(ErrorKind::ArchitectureMismatch, reason)
    })
}

/// What speaks against an update that would apply: a servicing stack that is too old, or not known.
fn stack(root: &Mum, state: &ImageState) -> Option<Applicability> {
    let needed = root.installer.as_ref().map(|i| i.version).filter(|v| *v > FIRST_STACK)?;
    let asks = format!("the update needs servicing stack {needed} or later");
    match state.stack() {
        Some(found) if found >= needed => None,
        Some(found) => Some(Applicability::NotApplicable {
            kind: ErrorKind::NotApplicable,
            reason: format!("{asks}, the image has {found}"),
            hresult: 0x800F_0823, // CBS_E_NEW_SERVICING_STACK_REQUIRED
        }),
        None => Some(Applicability::Undecided { reason: format!("{asks}, the image does not tell its own") }),
    }
}

pub(super) enum Answer {
    Yes,
    No(ErrorKind, String),
    Unknown(String),
}

pub(super) struct Walk<'a> {
    set: &'a PackageSet,
    target: &'a ImageTarget,
    state: &'a ImageState,
    winners: &'a Winners,
    parents: Vec<Identity>,
    notes: Vec<String>,
    visits: usize,
}

impl<'a> Walk<'a> {
    pub fn new(
        set: &'a PackageSet,
        target: &'a ImageTarget,
        state: &'a ImageState,
        winners: &'a Winners,
    ) -> Self {
        Self { set, target, state, winners, parents: Vec::new(), notes: Vec::new(), visits: 0 }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Whether a package of the image that the update builds on is of the architecture, or the update is for any.
    fn shows(&self, architecture: &str) -> bool {
        let same = |parent: &Identity| parent.architecture.eq_ignore_ascii_case(architecture);
        Architecture::from_name(architecture).is_none() || self.parents.iter().any(same)
    }

    /// The answer for one package: its own parents, then its updates, of which one must take effect; where it says so,
    /// one that nests packages does when one of them applies.
    pub fn package(&mut self, mum: &Mum, depth: usize) -> Answer {
        self.visits += 1;
        if depth > MAX_NESTING || self.visits > MAX_VISITS {
            return Answer::Unknown("the update's packages are nested without end".into());
        }
        if let Some(refusal) = self.language(mum) {
            return refusal;
        }
        let own = self.parents(mum);
        if !matches!(own, Answer::Yes) {
            return own;
        }
        let deep = mum.applicability_evaluation.eq_ignore_ascii_case("deep");
        let (set, mut any, mut refused, mut unknown) = (self.set, mum.updates.is_empty(), None, None);
        let mut take = |answer| match answer {
            Answer::Yes => any = true,
            answer @ Answer::No(..) => refused = refused.take().or(Some(answer)),
            answer @ Answer::Unknown(_) => unknown = unknown.take().or(Some(answer)),
        };
        for update in &mum.updates {
            // What people turn on and off does not keep the package from being there.
            let own = if update.selectable {
                Answer::Yes
            } else {
                condition::answer(mum, update, self.state, self.winners)
            };
            let by_nested = deep && matches!(own, Answer::Yes) && !update.packages.is_empty();
            if !by_nested || !update.components.is_empty() || !update.drivers.is_empty() {
                take(own);
            }
            if by_nested {
                let nested = update.packages.iter().filter_map(|n| set.find(&n.identity));
                nested.for_each(|child| take(self.package(child, depth + 1)));
            }
        }
        match unknown.or(refused) {
            Some(answer) if !any => answer,
            _ => Answer::Yes,
        }
    }

    /// A package of one language is for images that have it, unless it is what brings the language.
    fn language(&self, mum: &Mum) -> Option<Answer> {
        let (own, image) = (&mum.identity.language, &self.target.languages);
        let brings = ["Language Pack", "OnDemand Pack", "Feature Pack"];
        let brings = brings.iter().any(|t| mum.release_type.eq_ignore_ascii_case(t));
        let has = image.iter().any(|l| l.eq_ignore_ascii_case(own));
        if own.is_empty() || own == "*" || brings || has {
            return None;
        }
        Some(if image.is_empty() {
            Answer::Unknown(format!("the update is for the language {own}, the image does not tell its own"))
        } else {
            let reason = format!("the update is for the language {own}, the image has {}", image.join(", "));
            Answer::No(ErrorKind::NotApplicable, reason)
        })
    }

    fn parents(&mut self, mum: &Mum) -> Answer {
        let mut answers: Vec<Answer> = mum.parents.iter().map(|p| self.parent(p)).collect();
        if answers.len() < 2 {
            return answers.pop().unwrap_or(Answer::Yes);
        }
        let yes = answers.iter().filter(|a| matches!(a, Answer::Yes)).count();
        let all_no = answers.iter().all(|a| matches!(a, Answer::No(..)));
        if yes == answers.len() || all_no {
            return answers.swap_remove(0);
        }
        let all = answers.len();
        Answer::Unknown(format!(
            "{} names {all} parents of which the image satisfies {yes}; how many are needed is not known",
            mum.identity
        ))
    }

    /// Any of a parent's identities satisfies it.
    fn parent(&mut self, parent: &Parent) -> Answer {
        let (mut unknown, mut other) = (None, None);
        for wanted in &parent.identities {
            for found in self.state.family(wanted) {
                match parent.accepts(found.version, wanted.version) {
                    Some(true) => {
                        if !self.parents.contains(found) {
                            self.parents.push(found.clone());
                        }
                        return Answer::Yes;
                    }
                    Some(false) => other = Some((wanted, found)),
                    None => unknown = Some(wanted),
                }
            }
        }
        let mut all = parent.identities.iter().flat_map(|wanted| self.state.states(wanted));
        if let Some((found, Some(state))) = all.find(|(_, s)| s.is_some_and(PackageState::is_unclear)) {
            return Answer::Unknown(format!(
                "the parent {found} is in the state {state}, which says neither that it is installed nor that not"
            ));
        }
        if let Some(wanted) = unknown {
            return Answer::Unknown(format!("the version rule for the parent {wanted} is not known"));
        }
        if let Some((wanted, found)) = other {
            let reason = format!(
                "the update is for {} {}, the image has {}",
                wanted.name, wanted.version, found.version
            );
            return Answer::No(ErrorKind::VersionMismatch, reason);
        }
        self.absent(parent)
    }

    /// None of the parents is in the image in any version.
    fn absent(&self, parent: &Parent) -> Answer {
        let image = self.target.version;
        let same = |v: Version| (v.major, v.minor) == (image.major, image.minor);
        let first = parent.identities.first().map(ToString::to_string).unwrap_or_default();
        let windows = |v: Version| matches!((v.major, v.minor), (6, 0..=3) | (10, 0));
        let foreign = parent.identities.iter().all(|i| windows(i.version) && !same(i.version));
        if !image.is_zero()
            && foreign
            && let Some(wanted) = parent.identities.first()
        {
            let Version { major, minor, .. } = wanted.version;
            let reason = format!("the update is for Windows {major}.{minor}, the image is {image}");
            return Answer::No(ErrorKind::VersionMismatch, reason);
        }
        if self.state.is_empty() {
            return Answer::Unknown(
                "the image lists no packages, so the update's parents cannot be checked".into(),
            );
        }
        if let Some(reason) = self.editions(parent) {
            return Answer::No(ErrorKind::NotApplicable, reason);
        }
        let reason = match parent.identities.len() {
            0 | 1 => format!("the image does not have {first}"),
            n => format!("the image has neither {first} nor any of {} others", n - 1),
        };
        Answer::No(ErrorKind::NotApplicable, reason)
    }

    /// What to say where all the parents are editions.
    fn editions(&self, parent: &Parent) -> Option<String> {
        const NAMED: usize = 3;
        let name = |i: &Identity| {
            let name = i.name.strip_prefix("Microsoft-Windows-")?.strip_suffix("Edition")?;
            Some(name.to_owned())
        };
        let names: Vec<String> = parent.identities.iter().map(name).collect::<Option<_>>()?;
        let own = Some(self.target.edition.as_str()).filter(|e| !e.is_empty())?;
        let more = match names.len().saturating_sub(NAMED) {
            _ if names.is_empty() => return None,
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let some = names[..names.len().min(NAMED)].join(", ");
        Some(format!(
            "the update is for the editions {some}{more}, of which the image has none installed; it is {own}"
        ))
    }
}
