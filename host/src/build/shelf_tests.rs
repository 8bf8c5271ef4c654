//! What is kept, what is found again, and what goes.

use super::*;

struct Place {
    dir: tempfile::TempDir,
    shelf: Shelf,
}

fn place(max_size: u64) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(&dir.path().join("built"), max_size).unwrap();
    Place { dir, shelf }
}

impl Place {
    fn source(&self, name: &str, content: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn put(&self, source: &Path, inputs: &[&Path], component: &str) -> PathBuf {
        let place = self.shelf.workplace(source).unwrap();
        fs::write(place.output(source), component).unwrap();
        let inputs: Vec<PathBuf> = inputs.iter().map(|path| path.to_path_buf()).collect();
        let key = key(Language::Python, source, &inputs).unwrap();
        self.shelf.put(&key, source, inputs, &place).unwrap().path
    }

    fn find(&self, source: &Path) -> Option<String> {
        self.shelf.find(Language::Python, source).map(|kept| fs::read_to_string(kept.path).unwrap())
    }

    fn left(&self) -> usize {
        fs::read_dir(self.dir.path().join("built")).unwrap().count()
    }
}

#[test]
fn a_component_is_found_until_an_input_changes_and_again_when_that_is_undone() {
    let place = place(1 << 20);
    let (tasks, module) = (place.source("tasks.py", "a"), place.source("module.py", "b"));
    assert_eq!(place.find(&tasks), None);
    let path = place.put(&tasks, &[&module], "one");
    assert_eq!(path.file_name().unwrap(), "tasks.wasm");
    assert_eq!(place.find(&tasks).as_deref(), Some("one"));
    fs::write(&module, "c").unwrap();
    assert_eq!(place.find(&tasks), None);
    place.put(&tasks, &[&module], "two");
    fs::write(&module, "b").unwrap();
    assert_eq!(place.find(&tasks).as_deref(), Some("one"));
    assert_eq!(place.left(), 3, "something is left behind");
}

#[test]
fn what_was_used_longest_ago_goes_and_the_newest_stays() {
    let place = place(10);
    let sources: Vec<PathBuf> = ["a.py", "b.py", "c.py"].iter().map(|name| place.source(name, name)).collect();
    place.put(&sources[0], &[], "12345");
    place.put(&sources[1], &[], "12345");
    let old = SystemTime::now() - std::time::Duration::from_secs(60);
    let second = place.shelf.find(Language::Python, &sources[1]).unwrap().path;
    File::open(second).unwrap().set_times(FileTimes::new().set_modified(old)).unwrap();
    place.put(&sources[2], &[], "12345");
    let found: Vec<bool> = sources.iter().map(|source| place.find(source).is_some()).collect();
    assert_eq!(found, [true, false, true]);
    place.put(&sources[1], &[], "larger than all that may be kept");
    assert!(place.find(&sources[1]).is_some());
}

#[test]
fn what_is_in_use_stays_however_little_room_there_is() {
    let place = place(1);
    let (first, second, third) = (place.source("a.py", "a"), place.source("b.py", "b"), place.source("c.py", "c"));
    place.put(&first, &[], "12345");
    let held = place.shelf.find(Language::Python, &first).unwrap();
    place.put(&second, &[], "12345");
    assert!(held.path.is_file());
    drop(held);
    place.put(&third, &[], "12345");
    assert_eq!([&first, &second, &third].map(|source| place.find(source).is_some()), [false, false, true]);
}

#[test]
fn what_is_in_use_stays_where_all_is_cleared_or_the_same_is_built_again() {
    let place = place(1 << 20);
    let (first, second) = (place.source("a.py", "a"), place.source("b.py", "b"));
    place.put(&first, &[], "12345");
    place.put(&second, &[], "123");
    let held = place.shelf.find(Language::Python, &first).unwrap();
    assert_eq!(place.shelf.clear().unwrap(), Counted { components: 1, bytes: 3 });
    assert_eq!(fs::read_to_string(&held.path).unwrap(), "12345");
    assert_eq!(place.put(&first, &[], "the same, with other bytes"), held.path);
    assert_eq!(fs::read_to_string(&held.path).unwrap(), "12345");
    drop(held);
    assert_eq!(place.find(&first).as_deref(), Some("12345"));
    assert_eq!(place.shelf.clear().unwrap(), Counted { components: 1, bytes: 5 });
    assert_eq!(place.left(), 0);
}

#[test]
fn what_is_not_whole_is_replaced() {
    let place = place(1 << 20);
    let source = place.source("a.py", "a");
    fs::remove_file(place.put(&source, &[], "one")).unwrap();
    place.put(&source, &[], "two");
    assert_eq!(place.find(&source).as_deref(), Some("two"));
}

#[test]
fn clearing_leaves_to_others_what_is_theirs() {
    let place = place(1 << 20);
    let (done, building) = (place.source("done.py", ""), place.source("building.py", ""));
    place.put(&done, &[], "123");
    let lock = place.shelf.try_lock(&building).unwrap().unwrap();
    let work = place.shelf.workplace(&building).unwrap();
    fs::write(place.dir.path().join("built/notes.txt"), "the user's own").unwrap();
    assert_eq!(place.shelf.clear().unwrap(), Counted { components: 1, bytes: 3 });
    assert!(work.work.is_dir() && place.shelf.try_lock(&building).unwrap().is_none());
    drop((work, lock));
    assert_eq!(place.find(&done), None);
    assert_eq!(place.left(), 1);
}

#[test]
fn what_a_process_left_that_died_is_cleared() {
    let place = place(1 << 20);
    let source = place.source("a.py", "");
    std::mem::forget(place.shelf.workplace(&source).unwrap());
    fs::write(place.shelf.path(&digits(&source), LOCK), "").unwrap();
    place.shelf.clear().unwrap();
    assert_eq!(place.left(), 0);
}
