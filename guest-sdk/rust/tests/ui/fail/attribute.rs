#![allow(unused)]

use flyte_guest::task;

#[task(retries = "two")]
fn a() {}

#[task(retries = 1, retries = 2)]
fn b() {}

#[task(backoff = "1s")]
fn c() {}

#[task(backoff(factor = -1, cap = "P1Y"))]
fn d() {}

#[task(backoff(initial = "10s", cap = "5s"))]
fn e() {}

#[task(retry_on(traps, limit, limit))]
fn f() {}

#[task(max_runtime = "0s")]
fn g() {}

#[task(cache(version = ""))]
fn h() {}

#[task(cache)]
fn i() {}

#[task(cache(serialize, ignored = [1], max_age = "0s", salt = "x"))]
fn i2() {}

#[task(cache(auto, version = "v1"))]
fn i3() {}

#[task(environment = "a.b")]
fn j() {}

#[task(timeout = "5s")]
fn k() {}

#[task(retries = 5000000000)]
fn l() {}

#[task(retries 5)]
fn m() {}

#[task]
fn n(#[task(defualt = 1)] x: u8, #[task(default = 1, default = 2)] y: u8, #[task] z: u8) {}

fn main() {
    a();
    let _ = f::invoke();
}
