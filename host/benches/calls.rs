//! Single calls, as criterion times them: to see what a change does, `cargo bench -p flyte-host --bench calls` before
//! and after it. The table (`--bench table`) has the figures to go by.
#![expect(clippy::unwrap_used, reason = "a benchmark stops at whatever it did not expect")]

#[path = "support/calls.rs"]
mod calls;
#[path = "support/raw.rs"]
#[expect(dead_code, reason = "the table does more with it")]
mod raw;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flyte_host::Host;
use tokio::runtime::{Builder, Runtime};

use calls::{COMPONENT, INPUTS, TASK};
use raw::Raw;

/// One thread: no other is woken, which would cost more than some of the calls.
fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn host(runtime: &Runtime) -> Host {
    runtime.block_on(Host::builder().load(COMPONENT).build()).unwrap()
}

fn fresh(criterion: &mut Criterion) {
    let runtime = one_thread();
    let (raw, host) = (calls::raw(Raw::load(COMPONENT)), calls::host(host(&runtime), TASK));
    let mut group = criterion.benchmark_group("fresh call");
    group.bench_function("raw", |b| b.to_async(&runtime).iter(|| raw(1)));
    group.bench_function("host", |b| b.to_async(&runtime).iter(|| host(1)));
    group.finish();
}

fn warm(criterion: &mut Criterion) {
    let runtime = one_thread();
    let host = host(&runtime);
    let mut instance = runtime.block_on(Raw::load(COMPONENT).warm());
    let mut group = criterion.benchmark_group("warm call");
    group.bench_function("raw", |b| b.iter(|| runtime.block_on(instance.call(TASK, INPUTS))));
    group.bench_function("host", |b| b.iter(|| runtime.block_on(host.run("predict_warm", INPUTS)).unwrap()));
    group.finish();
}

fn fan_out(criterion: &mut Criterion) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (raw, host) = (Raw::load(COMPONENT), host(&runtime));
    let raw = calls::raw(raw);
    let mut group = criterion.benchmark_group("fan-out");
    for children in [1, 10, 100, 1000] {
        group.throughput(Throughput::Elements(children));
        let inputs = format!(r#"{{"n":{children}}}"#);
        group.bench_function(BenchmarkId::new("raw, one after the other", children), |b| {
            b.to_async(&runtime).iter(|| raw(children as usize));
        });
        for task in ["fan_out", "fan_out_warm"] {
            group.bench_function(BenchmarkId::new(task, children), |b| {
                b.to_async(&runtime).iter(|| host.run(task, inputs.as_str()));
            });
        }
    }
    group.finish();
}

/// A step of a chain, and the part of it that is the check of a record.
fn step(criterion: &mut Criterion) {
    let runtime = one_thread();
    let (raw, host) = (Raw::load(COMPONENT), host(&runtime));
    let schema = host.catalog().task("echo").unwrap().output();
    let mut group = criterion.benchmark_group("chain");
    for lines in [0, 102, 10_450] {
        let made = runtime.block_on(host.run("make_record", format!(r#"{{"lines":{lines}}}"#))).unwrap();
        let inputs = format!(r#"{{"record":{made}}}"#);
        let size = made.as_str().len();
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("raw", size), |b| {
            b.to_async(&runtime).iter(|| raw.fresh("echo", &inputs))
        });
        group.bench_function(BenchmarkId::new("host", size), |b| {
            b.to_async(&runtime).iter(|| host.run("echo", inputs.as_str()));
        });
        group.bench_function(BenchmarkId::new("check alone", size), |b| {
            b.iter(|| schema.check(black_box(made.as_str())).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, fresh, warm, fan_out, step);
criterion_main!(benches);
