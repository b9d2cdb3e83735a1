//! What of an update takes effect in an image: which of its packages, and which of their updates.

use super::check::{Answer, MAX_NESTING, Walk};
use super::{ImageState, ImageTarget, condition};
use crate::cbs::mum::PackageUpdate;
use crate::cbs::state::Winners;
use crate::cbs::{Identity, Mum, PackageSet};

/// What takes effect.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Selection {
    /// The root, and the packages nested in it whose own conditions hold.
    pub packages: Vec<Identity>,
    /// `<package>.<update>` for each of their updates that takes effect.
    pub references: Vec<String>,
    /// What could not be told, in sentences; it does not take effect.
    pub undecided: Vec<String>,
    /// Drivers of those updates.
    pub drivers: Vec<Identity>,
}

/// What of `set` takes effect in an image. Its root is taken to apply: see [`check`](super::check()). With `force`, so
/// does what is nested and could not be told.
///
/// `winners` are the components in use now, which may be others than those of `state`.
pub fn select(
    set: &PackageSet,
    target: &ImageTarget,
    state: &ImageState,
    winners: &Winners,
    force: bool,
) -> Selection {
    let mut select = Select {
        walk: Walk::new(set, target, state, winners),
        set,
        state,
        winners,
        force,
        out: Selection::default(),
    };
    select.package(set.root(), 0);
    select.out
}

struct Select<'a> {
    walk: Walk<'a>,
    set: &'a PackageSet,
    state: &'a ImageState,
    winners: &'a Winners,
    force: bool,
    out: Selection,
}

impl<'a> Select<'a> {
    fn package(&mut self, mum: &'a Mum, depth: usize) {
        if depth > MAX_NESTING || self.out.packages.contains(&mum.identity) {
            return;
        }
        self.out.packages.push(mum.identity.clone());
        for update in &mum.updates {
            let answer = if update.selectable {
                Answer::Unknown(format!("people turn the feature {} of {} on", update.name, mum.identity))
            } else {
                condition::answer(mum, update, self.state, self.winners)
            };
            match answer {
                Answer::Yes => self.update(mum, update, depth),
                Answer::No(..) => {}
                Answer::Unknown(reason) => self.out.undecided.push(reason),
            }
        }
    }

    fn update(&mut self, mum: &Mum, update: &PackageUpdate, depth: usize) {
        self.out.references.push(format!("{}.{}", mum.identity, update.name));
        self.out.drivers.extend(update.drivers.iter().map(|d| d.identity.clone()));
        let set = self.set;
        for nested in update.packages.iter().filter_map(|n| set.find(&n.identity)) {
            match self.walk.package(nested, depth + 1) {
                Answer::Yes => self.package(nested, depth + 1),
                Answer::No(..) => {}
                Answer::Unknown(_) if self.force => self.package(nested, depth + 1),
                Answer::Unknown(reason) => self.out.undecided.push(format!("{}: {reason}", nested.identity)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::cbs::Version;

    fn mum(name: &str, body: &str) -> (String, Vec<u8>) {
        let text = format!(
            "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'><assemblyIdentity name='{name}' version='1.0.0.0'
             processorArchitecture='amd64' language='neutral' publicKeyToken='31bf'/><package>{body}</package></assembly>"
        );
        (format!("{name}.mum"), text.into_bytes())
    }

    fn component(version: &str) -> String {
        format!(
            "<assemblyIdentity name='C' version='{version}' processorArchitecture='amd64' publicKeyToken='31bf'/>"
        )
    }

    fn update(name: &str, applicable: &str, body: &str) -> String {
        format!("<update name='{name}'>{applicable}{body}</update>")
    }

    fn elevate(how: &str, version: &str) -> String {
        format!(
            "<applicable disposition='staged'><updateComponent elevate='{how}'>{}</updateComponent></applicable>",
            component(version)
        )
    }

    fn nested(name: &str) -> String {
        format!(
            "<package><assemblyIdentity name='{name}' version='1.0.0.0' processorArchitecture='amd64' language='neutral' publicKeyToken='31bf'/></package>"
        )
    }

    #[test]
    fn of_two_branches_the_one_in_use_takes_effect() {
        let gdr = update("gdr", &elevate("install", "6.1.7601.18000"), "");
        let ldr = update("ldr", &elevate("revision", "6.1.7601.23000"), "");
        let odd =
            update("odd", "<applicable><detectUpdate><parent name='x'/></detectUpdate></applicable>", "");
        let absent = "<parent buildCompare='EQ' revisionCompare='GE'><assemblyIdentity name='P' version='6.1.1.0' processorArchitecture='amd64' publicKeyToken='31bf'/></parent>";
        let files = [
            mum("R", &update("u", "", &(nested("A") + &nested("B")))),
            mum("A", &(gdr + &ldr + &odd)),
            mum("B", &(absent.to_owned() + &update("b", "", ""))),
        ];
        let files = files.iter().map(|(n, d)| (n.as_str(), d.clone()));
        let set = PackageSet::parse(files, &Limits::default()).unwrap();
        let foundation = Identity { name: "F".into(), ..Identity::default() };
        let (target, state) = (ImageTarget::default(), ImageState::new([foundation], None));
        let of = |winners: &Winners| select(&set, &target, &state, winners, false);
        let got = of(&Winners::default());
        let names: Vec<String> = got.packages.iter().map(|p| p.name.clone()).collect();
        assert_eq!(names, ["R", "A"]);
        assert_eq!(got.references, ["R~31bf~amd64~~1.0.0.0.u", "A~31bf~amd64~~1.0.0.0.gdr"]);
        let silent =
            "the update ldr of A~31bf~amd64~~1.0.0.0: the image does not tell which components it uses";
        assert_eq!((got.undecided.len(), got.undecided[0].as_str()), (2, silent));
        assert!(got.undecided[1].contains("the update odd of A"), "{:?}", got.undecided);
        let mut winners = Winners::none_in_use();
        assert_eq!(of(&winners).undecided.len(), 1);
        let used = Identity {
            name: "C".into(),
            architecture: "amd64".into(),
            public_key_token: "31bf".into(),
            ..Identity::default()
        };
        winners.insert(&used, Version::new(6, 1, 7601, 22_000));
        assert!(of(&winners).references.contains(&"A~31bf~amd64~~1.0.0.0.ldr".to_owned()));
        winners.insert(&used, Version::new(6, 1, 7601, 17_000));
        assert!(!of(&winners).references.contains(&"A~31bf~amd64~~1.0.0.0.ldr".to_owned()));
    }
}
