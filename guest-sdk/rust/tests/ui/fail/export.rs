#![allow(unused)]

use flyte_guest::{record, task};

mod a {
    #[flyte_guest::task]
    pub fn twin() {}
}

#[task]
fn twin() {}

#[record]
struct NotATask {}

fn plain() {}

mod duplicates {
    flyte_guest::export!(super::a::twin, super::twin);
}

mod renamed {
    use super::a::twin as other;
    flyte_guest::export!(other, super::twin);
}

mod keys {
    flyte_guest::export!(env = "x", tasks = [super::twin]);
    flyte_guest::export!(environment = "a b", tasks = [super::twin], environment = "c");
    flyte_guest::export!();
}

flyte_guest::export!(NotATask, plain);

fn main() {
    plain();
}
