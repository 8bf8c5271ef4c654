//! A file that gets its name once all of it is there. Only this user can read it: it has what tasks got and gave.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A file that has no name of its own yet. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Unfinished {
    beside: PathBuf,
    path: PathBuf,
}

impl Unfinished {
    /// Makes it beside `path`, to be written and read.
    pub(super) fn create(path: &Path) -> io::Result<(Self, File)> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let beside = parent.join(format!(".{}.{:016x}", name.to_string_lossy(), fastrand::u64(..)));
        let file = create_new(&beside)?;
        Ok((Self { beside, path: path.to_owned() }, file))
    }

    /// Gives it its name, which nothing may have yet.
    pub(super) fn finish(self) -> io::Result<()> {
        self.finish_with(|from, to| std::fs::hard_link(from, to))
    }

    fn finish_with(self, link: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
        match link(&self.beside, &self.path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => self.replace_its_own(),
            linked => linked,
        }
    }

    /// Where there are no hard links: takes the name with a file that is empty, and replaces that.
    fn replace_its_own(&self) -> io::Result<()> {
        create_new(&self.path)?;
        std::fs::rename(&self.beside, &self.path).inspect_err(|_| drop(std::fs::remove_file(&self.path)))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.beside);
    }
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn no_links(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Writes a file and gives it its name; tells what is in the directory then.
    fn finished(dir: &Path, link: fn(&Path, &Path) -> io::Result<()>) -> (io::Result<()>, Vec<String>) {
        let (unfinished, mut file) = Unfinished::create(&dir.join("run")).unwrap();
        file.write_all(b"new").unwrap();
        let finished = unfinished.finish_with(link);
        let names = std::fs::read_dir(dir).unwrap();
        (finished, names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
    }

    #[test]
    fn with_links_or_without_it_takes_nobodys_place() {
        for link in [no_links, |from: &Path, to: &Path| std::fs::hard_link(from, to)] {
            let dir = tempfile::tempdir().unwrap();
            let (first, names) = finished(dir.path(), link);
            first.unwrap();
            assert_eq!(
                (names, std::fs::read(dir.path().join("run")).unwrap()),
                (vec!["run".to_owned()], b"new".into())
            );
            std::fs::write(dir.path().join("run"), "old").unwrap();
            let (second, names) = finished(dir.path(), link);
            assert_eq!(second.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(
                (names, std::fs::read(dir.path().join("run")).unwrap()),
                (vec!["run".to_owned()], b"old".into())
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        for link in [no_links, |from: &Path, to: &Path| std::fs::hard_link(from, to)] {
            let dir = tempfile::tempdir().unwrap();
            finished(dir.path(), link).0.unwrap();
            let mode = std::fs::metadata(dir.path().join("run")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
