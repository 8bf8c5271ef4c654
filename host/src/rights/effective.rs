//! What a task may really use: parent ∩ declared ∩ granted.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::rights::{Capability, Denial, Directory, Granted, GuestPath, NetTarget, Right, Variable, Withheld};

/// A set of rights, each a part of something that was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    files: Vec<FileRight>,
    /// Names, each with its place among [`Granted::variables`].
    variables: Vec<(String, usize)>,
    targets: Vec<NetTarget>,
}

/// A directory, or a part of one, that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRight {
    /// Where the guest sees it.
    pub guest: GuestPath,
    /// Whether its files may be changed.
    pub write: bool,
    /// Which of [`Granted::directories`] it is part of.
    pub directory: usize,
    /// The way down from that directory; empty for the whole of it.
    pub below: PathBuf,
}

impl Rights {
    pub(super) fn all_of(directories: &[Directory], variables: &[Variable], targets: &[NetTarget]) -> Self {
        let file = |(directory, granted): (usize, &Directory)| FileRight {
            guest: granted.guest.clone(),
            write: granted.write,
            directory,
            below: PathBuf::new(),
        };
        Self {
            files: directories.iter().enumerate().map(file).collect(),
            variables: variables.iter().enumerate().map(|(at, variable)| (variable.name.clone(), at)).collect(),
            targets: targets.to_vec(),
        }
    }

    /// Of these rights, what `declared` asks for too.
    #[must_use]
    pub fn narrowed(&self, declared: &[Right]) -> Self {
        let mut narrow = Self::default();
        for right in declared {
            match &right.capability {
                Capability::Read(path) => self.narrow_files(path, false, &mut narrow.files),
                Capability::Write(path) => self.narrow_files(path, true, &mut narrow.files),
                Capability::Env(name) => {
                    let own = self.variables.iter().find(|(own, _)| own == name);
                    narrow.variables.extend(own.filter(|own| !narrow.variables.contains(own)).cloned());
                }
                Capability::Net(target) => {
                    for both in self.targets.iter().filter_map(|own| own.meet(target)) {
                        if !narrow.targets.contains(&both) {
                            narrow.targets.push(both);
                        }
                    }
                }
            }
        }
        narrow
    }

    fn narrow_files(&self, declared: &GuestPath, write: bool, into: &mut Vec<FileRight>) {
        // Of directories inside one another, the innermost is what a guest sees at a place.
        let around = self.files.iter().filter(|own| own.guest.covers(declared) && own.guest != *declared);
        let innermost = around.max_by_key(|own| own.guest.as_str().len());
        let is_hidden = self.files.iter().any(|own| own.guest == *declared);
        for own in &self.files {
            let (guest, below) = if declared.covers(&own.guest) {
                (own.guest.clone(), own.below.clone())
            } else if let Some(way) = own.guest.to(declared).filter(|_| Some(own) == innermost && !is_hidden) {
                (declared.clone(), own.below.join(way))
            } else {
                continue;
            };
            let write = write && own.write;
            match into.iter_mut().find(|known| known.guest == guest && known.directory == own.directory) {
                Some(known) => known.write |= write,
                None => into.push(FileRight { guest, write, directory: own.directory, below }),
            }
        }
    }

    /// The directories.
    pub fn files(&self) -> &[FileRight] {
        &self.files
    }

    /// The environment variables: names, each with its place among [`Granted::variables`].
    pub fn variables(&self) -> &[(String, usize)] {
        &self.variables
    }

    /// The network targets.
    pub fn targets(&self) -> &[NetTarget] {
        &self.targets
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.variables.is_empty() && self.targets.is_empty()
    }

    /// All of them as capabilities, for people.
    pub fn capabilities(&self) -> Vec<Capability> {
        let file = |file: &FileRight| match file.write {
            true => Capability::Write(file.guest.clone()),
            false => Capability::Read(file.guest.clone()),
        };
        let files = self.files.iter().map(file);
        let variables = self.variables.iter().map(|(name, _)| Capability::Env(name.clone()));
        files.chain(variables).chain(self.targets.iter().cloned().map(Capability::Net)).collect()
    }

    /// Whether the whole of a capability is among them.
    pub fn allows(&self, capability: &Capability) -> bool {
        match capability {
            Capability::Read(path) => self.files.iter().any(|own| own.guest.covers(path)),
            Capability::Write(path) => self.files.iter().any(|own| own.write && own.guest.covers(path)),
            Capability::Env(name) => self.variables.iter().any(|(own, _)| own == name),
            Capability::Net(target) => self.targets.iter().any(|own| own.meet(target).as_ref() == Some(target)),
        }
    }

    /// Whether some part of a capability is among them.
    fn allows_some(&self, capability: &Capability) -> bool {
        let met = self.narrowed(&[Right { capability: capability.clone(), optional: false }]);
        match capability {
            Capability::Write(_) => met.files.iter().any(|file| file.write),
            _ => !met.is_empty(),
        }
    }

    /// Whether this name may be resolved.
    pub fn allows_name(&self, name: &str) -> bool {
        self.targets.iter().any(|target| target.allows_name(name))
    }

    /// Whether this address may be connected to, which was found under these names.
    pub fn allows_address(&self, ip: IpAddr, port: u16, names: &[&str]) -> bool {
        self.targets.iter().any(|target| target.allows_address(ip, port, names))
    }
}

/// The rights of one action, with all they come from.
#[derive(Debug, Clone, Default)]
pub struct ActionRights {
    effective: Rights,
    declared: Vec<Right>,
    /// The action that invoked it, as people know it, and what that one has; `None` for the root.
    parent: Option<(String, Arc<ActionRights>)>,
    granted: Granted,
}

/// What becomes of one declared right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The right, as declared.
    pub declared: Right,
    /// What of it the task gets.
    pub effective: Vec<Capability>,
    /// Who withholds it, where it gets nothing of it.
    pub withheld: Option<Withheld>,
}

impl ActionRights {
    /// The rights of a root action.
    pub fn of_root(granted: Granted, declared: &[Right]) -> Self {
        let effective = granted.rights().narrowed(declared);
        Self { effective, declared: declared.to_vec(), parent: None, granted }
    }

    /// The rights of an action that `parent`, known as `name`, invokes.
    pub fn of_child(parent: &Arc<ActionRights>, name: impl Into<String>, declared: &[Right]) -> Self {
        Self {
            effective: parent.effective.narrowed(declared),
            declared: declared.to_vec(),
            granted: parent.granted.clone(),
            parent: Some((name.into(), Arc::clone(parent))),
        }
    }

    /// What the action may use.
    pub fn effective(&self) -> &Rights {
        &self.effective
    }

    /// Whether who has the one may use just what who has the other may, of the very same grants.
    pub(crate) fn are_the_same(&self, other: &Self) -> bool {
        self.granted.is(&other.granted) && self.effective == other.effective
    }

    /// What the operator granted to the run.
    pub fn granted(&self) -> &Granted {
        &self.granted
    }

    /// The first right that the task cannot do without and has nothing of.
    pub fn missing(&self) -> Option<Denial> {
        let needed = self.declared.iter().filter(|right| !right.optional).map(|right| &right.capability);
        let missing = needed.into_iter().find(|capability| !self.effective.allows_some(capability))?;
        Some(Denial { capability: missing.clone(), withheld: self.withheld(missing, Rights::allows_some) })
    }

    /// Each declared right and what becomes of it.
    pub fn explain(&self) -> Vec<Explained> {
        let explain = |right: &Right| {
            let effective = self.effective.narrowed(std::slice::from_ref(right)).capabilities();
            let withheld = (!self.effective.allows_some(&right.capability))
                .then(|| self.withheld(&right.capability, Rights::allows_some));
            Explained { declared: right.clone(), effective, withheld }
        };
        self.declared.iter().map(explain).collect()
    }

    /// Tells who withholds a capability that the action asked for and was refused: whoever does not have the whole of
    /// it, as a part of a directory is not the directory.
    pub fn denial(&self, capability: Capability) -> Denial {
        let has: fn(&Rights, &Capability) -> bool = match capability {
            // Here who asks may leave the port open, and mean any.
            Capability::Net(_) => Rights::allows_some,
            _ => Rights::allows,
        };
        Denial { withheld: self.withheld(&capability, has), capability }
    }

    /// Who withholds a capability, where it takes as much as `has` says to have it.
    fn withheld(&self, capability: &Capability, has: fn(&Rights, &Capability) -> bool) -> Withheld {
        let operator = !has(self.granted.rights(), capability);
        let parent = self.parent.as_ref().filter(|(_, parent)| !operator && !has(&parent.effective, capability));
        Withheld {
            undeclared: !self.declares(capability),
            parent: parent.map(|(name, _)| name.clone()),
            operator,
            ..Withheld::default()
        }
    }

    fn declares(&self, capability: &Capability) -> bool {
        self.declared.iter().any(|right| match (&right.capability, capability) {
            (Capability::Read(own) | Capability::Write(own), Capability::Read(path))
            | (Capability::Write(own), Capability::Write(path)) => own.covers(path),
            (Capability::Env(own), Capability::Env(name)) => own == name,
            (Capability::Net(own), Capability::Net(target)) => own.meet(target).as_ref() == Some(target),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::Grants;

    fn right(capability: Capability) -> Right {
        Right { capability, optional: false }
    }

    fn path(text: &str) -> GuestPath {
        GuestPath::parse(text).unwrap()
    }

    fn granted() -> Granted {
        let here = std::env::temp_dir();
        Grants::new()
            .read(&here, path("/data"))
            .write(&here, path("/out"))
            .env("PLAIN", "1")
            .secret("TOKEN", "s3cret")
            .net(NetTarget::parse("example.com:443").unwrap())
            .open()
            .unwrap()
    }

    fn texts(rights: &Rights) -> Vec<String> {
        rights.capabilities().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn effective_is_what_is_declared_and_granted() {
        let declared = [
            right(Capability::read("/data/in").unwrap()),
            right(Capability::write("/").unwrap()),
            right(Capability::env("TOKEN").unwrap()),
            right(Capability::env("HOME").unwrap()),
            right(Capability::net("*").unwrap()),
        ];
        let rights = ActionRights::of_root(granted(), &declared);
        assert_eq!(
            texts(rights.effective()),
            ["read /data/in", "read /data", "write /out", "env TOKEN", "net example.com:443"]
        );
        let denial = rights.missing().unwrap();
        assert_eq!(denial.to_string(), "env HOME: it is not granted");
    }

    #[test]
    fn a_child_never_has_more_than_its_parent() {
        let parent = ActionRights::of_root(granted(), &[right(Capability::read("/data/in").unwrap())]);
        let declared = [right(Capability::write("/").unwrap()), right(Capability::env("TOKEN").unwrap())];
        let child = ActionRights::of_child(&Arc::new(parent), "`top` (a0)", &declared);
        assert_eq!(texts(child.effective()), ["read /data/in"], "below what the parent reads, it reads");
        let denial = child.missing().unwrap();
        assert_eq!(denial.to_string(), "write /: its parent `top` (a0) does not have it");
    }

    #[test]
    fn all_who_withhold_are_named() {
        let rights = ActionRights::of_root(granted(), &[]);
        assert!(rights.effective().is_empty() && rights.missing().is_none());
        let denied = |capability: Capability| rights.denial(capability).withheld.to_string();
        assert_eq!(denied(Capability::env("TOKEN").unwrap()), "the task does not declare it");
        assert_eq!(denied(Capability::env("X").unwrap()), "the task does not declare it, and it is not granted");
    }

    #[test]
    fn a_part_is_enough_to_declare_more_but_not_to_ask_for_more() {
        let here = std::env::temp_dir();
        let granted = Grants::new().read(&here, path("/data/in")).open().unwrap();
        let rights = ActionRights::of_root(granted, &[right(Capability::read("/").unwrap())]);
        assert_eq!(rights.missing(), None);
        let denied = rights.denial(Capability::read("/data").unwrap());
        assert_eq!(denied.to_string(), "read /data: it is not granted");
        let child = ActionRights::of_child(
            &Arc::new(ActionRights::of_root(granted_all(&here), &[right(Capability::read("/data/in").unwrap())])),
            "`top` (a0)",
            &[right(Capability::read("/").unwrap())],
        );
        let denied = child.denial(Capability::read("/data").unwrap());
        assert_eq!(denied.to_string(), "read /data: its parent `top` (a0) does not have it");
    }

    fn granted_all(dir: &std::path::Path) -> Granted {
        Grants::new().read(dir, path("/")).open().unwrap()
    }

    #[test]
    fn a_narrow_declaration_keeps_its_way_down() {
        let rights = granted().rights().narrowed(&[right(Capability::write("/out/a/b").unwrap())]);
        assert_eq!(rights.files()[0].below, PathBuf::from("a/b"));
        assert!(rights.allows(&Capability::write("/out/a/b/c").unwrap()));
        assert!(!rights.allows(&Capability::read("/out/a").unwrap()));
    }

    #[test]
    fn of_grants_inside_one_another_the_innermost_is_seen() {
        let here = std::env::temp_dir();
        let granted = Grants::new().read(&here, path("/data")).write(&here, path("/data/out")).open().unwrap();
        let narrowed =
            |declared: &str| texts(&granted.rights().narrowed(&[right(Capability::write(declared).unwrap())]));
        assert_eq!(narrowed("/data/out"), ["write /data/out"]);
        assert_eq!(narrowed("/data/out/a"), ["write /data/out/a"]);
        assert_eq!(narrowed("/data/in"), ["read /data/in"]);
        assert_eq!(narrowed("/data"), ["read /data", "write /data/out"]);
    }

    #[test]
    fn granting_is_checked() {
        let open = |grants: Grants| grants.open().unwrap_err().to_string();
        assert!(
            open(Grants::new().read("/no/such/directory", path("/x"))).starts_with("cannot open the directory")
        );
        assert!(open(Grants::new().read("/dev/null", path("/x"))).contains("not a directory"));
        let clash = Grants::new().read("/", path("/x")).read("/tmp", path("/x"));
        assert!(open(clash).contains("cannot both be `/x`"));
        assert!(open(Grants::new().env("A", "1").env("A", "2")).contains("granted twice"));
    }

    #[test]
    fn a_secret_does_not_show_when_debugged() {
        assert!(!format!("{:?}", granted()).contains("s3cret"));
    }
}
