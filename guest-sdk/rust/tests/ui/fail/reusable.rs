#![allow(unused)]

use flyte_guest::task;

#[task(reusable(max_uses = 0, concurrency = 0))]
fn a() {}

#[task(reusable(max_uses = -1, concurrency = 5000000000))]
fn b() {}

#[task(reusable(max_uses = "many", concurrency = 1.5))]
fn c() {}

#[task(reusable(max_uses))]
fn d() {}

#[task(reusable(idle_ttl = "0s"))]
fn e() {}

#[task(reusable(idle_ttl = 30))]
fn f() {}

#[task(reusable(idle_ttl = "30 sec"))]
fn g() {}

#[task(reusable(scope = "host"))]
fn h() {}

#[task(reusable(scope = global))]
fn i() {}

#[task(reusable(max_use = 1, replicas = 2))]
fn j() {}

#[task(reusable(max_uses = 1, max_uses = 2))]
fn k() {}

#[task(reusable, reusable = false)]
fn l() {}

#[task(reusable = true)]
fn m() {}

#[task(reuseable)]
fn n() {}

#[task(external, reusable)]
fn o();

mod exported {
    flyte_guest::export!(reusable = false, tasks = [super::a]);
}

mod exported_too {
    flyte_guest::export!(reusable(max_uses = 0), reusable(), tasks = [super::a]);
}

fn main() {
    a();
}
