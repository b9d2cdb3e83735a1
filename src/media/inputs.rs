//! What a medium is brought up to date with: what each file is, and the cumulative update's folder, in which only the newest
//! one, its own checkpoints and servicing stacks may lie.

use super::RefreshOptions;
use super::report::{CumulativeRecord, UpdateFile};
use crate::base::Progress;
use crate::cbs::{Identity, UpdateClass};
use crate::error::{Error, ErrorKind, Result};
use crate::package::Kind;
use crate::staging::{Inspection, inspect};
use std::path::{Path, PathBuf};

/// An update file that was looked at.
pub(super) struct Input {
    pub path: PathBuf,
    pub file: UpdateFile,
    pub identities: Vec<Identity>,
    kind: Kind,
}

/// A cumulative update.
pub(super) struct Cumulative {
    /// Servicing stacks that are files of their own, oldest first.
    pub stacks: Vec<Input>,
    /// Older cumulative updates, oldest first, and the identity of each.
    pub checkpoints: Vec<(Input, Identity)>,
    pub target: Input,
}

/// Everything that is given.
pub(super) struct Inputs {
    pub cumulative: Option<Cumulative>,
    pub safe_os: Option<Input>,
    pub setup: Option<Input>,
    pub dotnet: Option<Input>,
}

impl Input {
    fn open(path: &Path, options: &RefreshOptions, progress: &Progress) -> Result<Self> {
        let inspection = inspect(path, &options.limits, progress)?;
        let Inspection { size, sha256, kb, kind, packages, signature, .. } = inspection;
        let demanded = signature.demand(options.allow_broken_signature);
        demanded.map_err(|e| e.with_path(path.display()))?;
        let texts: Vec<String> = packages.into_iter().filter_map(|p| p.identity).collect();
        let identities = texts.iter().map(|text| Identity::parse(text)).collect::<Result<_>>()?;
        let signature = signature.check.state;
        let file =
            UpdateFile { path: path.display().to_string(), size, sha256, kb, signature, identities: texts };
        Ok(Self { path: path.to_owned(), file, identities, kind })
    }

    fn of_class(&self, class: UpdateClass) -> Option<&Identity> {
        self.identities.iter().find(|i| UpdateClass::of(i) == class)
    }

    fn refuse<T>(&self, why: &str) -> Result<T> {
        let names = match self.file.identities.join(", ") {
            none if none.is_empty() => "it holds no package".to_owned(),
            names => format!("it is {names}"),
        };
        Err(Error::new(ErrorKind::InvalidArgument, format!("{why}: {names}")).with_path(&self.file.path))
    }
}

impl Inputs {
    /// Looks at everything that the options name.
    pub fn open(options: &RefreshOptions, progress: &Progress) -> Result<Self> {
        let open =
            |path: &Option<PathBuf>| path.as_ref().map(|p| Input::open(p, options, progress)).transpose();
        let cumulative =
            options.cumulative.as_ref().map(|p| Cumulative::open(p, options, progress)).transpose()?;
        let inputs = Self {
            cumulative,
            safe_os: open(&options.safe_os)?,
            setup: open(&options.setup)?,
            dotnet: open(&options.dotnet)?,
        };
        if inputs.all().next().is_none() {
            let why = "no update was given: a cumulative update, Safe OS, Setup or .NET";
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        if let Some(setup) =
            inputs.setup.as_ref().filter(|s| s.kind != Kind::PlainCab || !s.identities.is_empty())
        {
            return setup.refuse("is no Setup Dynamic Update, which is a cabinet of Setup's files");
        }
        for (input, what) in [(&inputs.safe_os, "Safe OS Dynamic Update"), (&inputs.dotnet, "update of .NET")]
        {
            let Some(input) = input else { continue };
            if input.identities.is_empty() || input.of_class(UpdateClass::Cumulative).is_some() {
                return input.refuse(&format!("is no {what}"));
            }
        }
        Ok(inputs)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Input> {
        let of_cumulative = self.cumulative.iter().flat_map(Cumulative::all);
        of_cumulative.chain(&self.safe_os).chain(&self.setup).chain(&self.dotnet)
    }

    /// Bytes of all of them.
    pub fn size(&self) -> u64 {
        self.all().map(|i| i.file.size).sum()
    }
}

impl Cumulative {
    fn all(&self) -> impl Iterator<Item = &Input> {
        self.stacks.iter().chain(self.checkpoints.iter().map(|(c, _)| c)).chain([&self.target])
    }

    pub fn record(&self) -> CumulativeRecord {
        CumulativeRecord {
            target: self.target.file.clone(),
            checkpoints: self.checkpoints.iter().map(|(c, _)| c.file.clone()).collect(),
            servicing_stacks: self.stacks.iter().map(|s| s.file.clone()).collect(),
        }
    }

    fn open(path: &Path, options: &RefreshOptions, progress: &Progress) -> Result<Self> {
        let mut inputs = Vec::new();
        for file in if path.is_dir() { crate::service::updates_in(path)? } else { vec![path.to_owned()] } {
            inputs.push(Input::open(&file, options, progress)?);
        }
        Self::sort(inputs, path)
    }

    /// Tells the target from its checkpoints, and from what does not belong to it.
    fn sort(inputs: Vec<Input>, path: &Path) -> Result<Self> {
        let (mut cumulative, mut stacks) = (Vec::new(), Vec::new());
        for input in inputs {
            if let Some(identity) = input.of_class(UpdateClass::Cumulative).cloned() {
                cumulative.push((input, identity));
            } else if let Some(stack) = input.of_class(UpdateClass::ServicingStack).cloned() {
                stacks.push((input, stack));
            } else {
                return input.refuse(
                    "does not belong here: only the cumulative update, its own checkpoints and a servicing stack do",
                );
            }
        }
        cumulative.sort_by_key(|(_, identity)| identity.version);
        let Some((target, newest)) = cumulative.pop() else {
            let e = Error::new(ErrorKind::NotFound, "holds no cumulative update");
            return Err(e.with_path(path.display()));
        };
        for (older, identity) in &cumulative {
            if !identity.same_family(&newest) || identity.version.major != newest.version.major {
                return older.refuse(&format!("is no checkpoint of {newest}"));
            }
            if identity.version == newest.version {
                return older.refuse("is there twice");
            }
        }
        if let Some((stack, _)) =
            stacks.iter().find(|(_, s)| !s.architecture.eq_ignore_ascii_case(&newest.architecture))
        {
            return stack.refuse(&format!("is for another architecture than {newest}"));
        }
        stacks.sort_by_key(|(_, identity)| identity.version);
        let stacks = stacks.into_iter().map(|(input, _)| input).collect();
        Ok(Self { stacks, checkpoints: cumulative, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::sha256;
    use crate::package::SignatureState;

    fn input(identities: &[&str]) -> Input {
        let file = UpdateFile {
            path: identities.join("+"),
            size: 1,
            sha256: sha256(b""),
            kb: None,
            signature: SignatureState::Unsigned,
            identities: identities.iter().map(ToString::to_string).collect(),
        };
        let identities = identities.iter().map(|i| Identity::parse(i).unwrap()).collect();
        Input { path: file.path.clone().into(), file, identities, kind: Kind::Cab }
    }

    const TARGET: &str = "Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.4061.1.9";
    const CHECKPOINT: &str = "Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.1742.1.10";
    const STACK: &str = "Package_for_ServicingStack_4060~31bf3856ad364e35~amd64~~26100.4060.1.0";

    #[test]
    fn the_newest_is_the_target_and_the_older_ones_its_checkpoints() {
        let inputs = vec![input(&[TARGET, STACK]), input(&[CHECKPOINT]), input(&[STACK])];
        let sorted = Cumulative::sort(inputs, Path::new("folder")).unwrap();
        assert_eq!(sorted.target.file.identities[0], TARGET);
        assert_eq!(sorted.checkpoints.len(), 1);
        assert_eq!(sorted.checkpoints[0].1.to_string(), CHECKPOINT);
        assert_eq!(sorted.stacks[0].file.identities[0], STACK);
    }

    #[test]
    fn what_does_not_belong_to_it_is_refused_by_name() {
        let others = [
            "Package_for_DotNetRollup~31bf3856ad364e35~amd64~~10.0.9300.1",
            "Package_for_KB5012170~31bf3856ad364e35~amd64~~26100.1.1.1",
            "Package_for_RollupFix~31bf3856ad364e35~arm64~~26100.1742.1.10",
            "Package_for_RollupFix~31bf3856ad364e35~amd64~~22621.1742.1.10",
            "Package_for_ServicingStack_4060~31bf3856ad364e35~x86~~26100.4060.1.0",
            TARGET,
        ];
        for other in others {
            let sorted = Cumulative::sort(vec![input(&[TARGET]), input(&[other])], Path::new("folder"));
            let error = sorted.err().unwrap_or_else(|| panic!("{other} was taken"));
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains(other), "{error}");
        }
        let none = Cumulative::sort(vec![input(&[STACK])], Path::new("folder"));
        assert_eq!(none.err().map(|e| e.kind()), Some(ErrorKind::NotFound));
    }
}
