//! Rights in all the ways they may be written.

#![deny(warnings)]

use flyte_guest::task;

macro_rules! reads {
    ($name:ident, $path:literal) => {
        #[task(rights(read = $path))]
        fn $name() {}
    };
}

reads!(through_a_macro, "/data");

#[task(rights(read = "/", write = "/with space", env = "lower_case", net = "*"), retries = 1)]
async fn wide() {}

#[task(rights(net = ["localhost", "[2001:db8::1]", "10.0.0.7:5432", "*:443"], optional(), optional(env = "A",)))]
fn many() {}

flyte_guest::export!(
    environment = "rights",
    rights(read = ["/models"], optional(env = "LEVEL")),
    tasks = [through_a_macro, wide, many],
);

fn main() {}
