#![allow(unused)]

use flyte_guest::task;

#[task(rights(read = "data", write = "/out/../etc", env = "TOKEN=1", net = "https://example.com"))]
fn a() {}

#[task(rights = "/data")]
fn b() {}

#[task(rights(read("/data")))]
fn c() {}

#[task(rights(read = ["/data", 7], env = []))]
fn d() {}

#[task(rights(reads = "/data", files = "/data", optional(optional(env = "A"))))]
fn e() {}

#[task(rights(optional))]
fn f() {}

#[task(rights(read = "/data", optional(read = "/data"), write = "/data"))]
fn g() {}

#[task(rights(net = ["example.com:99999", "[::1", "*.example.com", ":80", "1.2.3"]))]
fn h() {}

#[task(rights(env = "A"), rights(env = "B"))]
fn i() {}

#[task(external, rights(env = "A"))]
fn j();

#[task]
fn k() {}

mod component {
    flyte_guest::export!(rights(read = "data"), tasks = [super::k]);
    flyte_guest::export!(rights = "read", tasks = [super::k]);
    flyte_guest::export!(right(read = "/data"), tasks = [super::k]);
    flyte_guest::export!(rights(env = "A"), rights(env = "B"), tasks = [super::k]);
}

fn main() {
    a();
    let _ = g::invoke();
}
