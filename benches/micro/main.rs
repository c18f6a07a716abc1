//! Micro-benchmarks of the steps that every byte, every entry or every finding goes through, on inputs in memory.
//!
//! `cargo bench --bench micro` takes some minutes, `cargo bench --bench micro -- --quick` less than one; a word after
//! that takes the benchmarks whose names it is in. Compare medians of one run, or two runs on one quiet machine.

mod input;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use anyhow::Context as _;
use criterion::{BatchSize, Criterion, Throughput};
use reprove::codec::compression::Decompressor;
use reprove::compare::layer::{ContentPair, Difference, LayerJob, Sink, compare_layers};
use reprove::content::notes::Noted;
use reprove::digest::Sha256Sum;
use reprove::finding::{Kind, Location, Side, Sides};
use reprove::image::entry::Entry;
use reprove::image::layer::{LayerError, LayerReader};
use reprove::limits::Limits;
use reprove::limits::ledger::Ledger;
use reprove::policy::{Date, Policy};
use reprove::report::{Report, json, text};
use reprove::source::progress::Progress;
use reprove::{Options, Session};

use input::Stored;

const MIB: usize = 1 << 20;

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default().sample_size(20).without_plots().configure_from_args();
    inflate(&mut criterion)?;
    hash(&mut criterion);
    layers(&mut criterion)?;
    findings(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// Decompression with what is recorded of the envelope, without hashing the bytes: MB/s of what comes out.
fn inflate(criterion: &mut Criterion) -> anyhow::Result<()> {
    let plain = input::content(8 * MIB, 1);
    let mut group = criterion.benchmark_group("inflate");
    group.throughput(Throughput::Bytes(plain.len() as u64));
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let frames = input::zstd_frames(&plain)?;
    for (name, stored, threads) in [
        ("gzip", input::gzip(&plain)?, 1),
        ("zstd", zstd::encode_all(&plain[..], 3)?, cores),
        ("zstd, many frames, one thread", frames.clone(), 1),
        ("zstd, many frames", frames, cores),
    ] {
        group.bench_function(name, |bencher| {
            let mut buffer = vec![0; 256 * 1024];
            bencher.iter(|| {
                let mut decompressor = Decompressor::new(&stored[..], &Limits::default()).with_threads(threads);
                while decompressor.read(&mut buffer).is_ok_and(|count| count > 0) {}
                decompressor.finish()
            });
        });
    }
    group.finish();
    Ok(())
}

fn hash(criterion: &mut Criterion) {
    let plain = input::content(8 * MIB, 2);
    let mut group = criterion.benchmark_group("hash");
    group.throughput(Throughput::Bytes(plain.len() as u64));
    group.bench_function("sha256", |bencher| {
        bencher.iter(|| {
            let mut sum = Sha256Sum::default();
            sum.update(black_box(&plain));
            sum.finish()
        });
    });
    group.bench_function("blake3", |bencher| bencher.iter(|| blake3::hash(black_box(&plain))));
    group.finish();
}

/// A layer from its stored bytes to verified entries, and two of them in lockstep.
fn layers(criterion: &mut Criterion) -> anyhow::Result<()> {
    let few = input::archive(64, 128 * 1024, 1_700_000_000)?;
    let many = input::archive(10_000, 100, 1_700_000_000)?;
    let later = input::archive(10_000, 100, 1_700_000_097)?;
    let layers = [
        ("large files, plain", Stored::new(few.clone(), &few)),
        ("large files, gzip", Stored::new(input::gzip(&few)?, &few)),
        ("small files, plain", Stored::new(many.clone(), &many)),
    ];
    let mut group = criterion.benchmark_group("tar");
    for (name, stored) in &layers {
        let size = if name.starts_with("large") { few.len() } else { many.len() };
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(*name, |bencher| bencher.iter(|| decode(stored.open())));
    }
    group.finish();
    let pair = Sides::new(Stored::new(many.clone(), &many), Stored::new(later.clone(), &later));
    let mut group = criterion.benchmark_group("lockstep");
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("small files, a quarter differs", |bencher| bencher.iter(|| lockstep(&pair)));
    group.finish();
    Ok(())
}

fn decode(mut reader: LayerReader) -> Result<u64, LayerError> {
    while reader.next_item()?.is_some() {
        while reader.read_content()?.is_some() {}
    }
    Ok(reader.finish()?.entries)
}

fn lockstep(pair: &Sides<Stored>) -> Option<u64> {
    let reopen = |side: Side| Ok(pair.get(side).open());
    let job = LayerJob {
        base: Location::new(Kind::Entry).in_layer(Sides::new(Some(0), Some(0))),
        readers: pair.as_ref().map(Stored::open),
        reopen: &reopen,
        limits: &Limits::default(),
    };
    let mut count = Count(0);
    compare_layers(job, &mut count).ok()?;
    Some(count.0)
}

/// Counts findings.
struct Count(u64);

impl Sink for Count {
    fn difference(&mut self, difference: Difference<'_>) {
        black_box(difference);
        self.0 += 1;
    }

    fn contents(&mut self, pair: ContentPair) {
        let ledger = Ledger::new(u64::MAX);
        let mut turn = ledger.announce(0);
        pair.compare(&Limits::default(), &mut turn, &mut |difference| self.difference(difference));
    }

    fn full(&self) -> Option<LayerError> {
        None
    }

    fn passing(&mut self, _: Side, _: &Entry) {}

    fn opening(&mut self, _: Side, _: &Entry, _: &[u8]) {}

    fn noted(&mut self, _: Side, _: Noted) {}
}

/// Two images of which 5,000 entries differ in their times: comparing and explaining them, then writing the report.
fn findings(criterion: &mut Criterion) -> anyhow::Result<()> {
    let image = |mtime| anyhow::Ok(input::image(&input::archive(20_000, 100, mtime)?));
    let images = Sides::new(image(1_700_000_000)?, image(1_700_000_097)?);
    let session = Session::of(images, Options::default(), Arc::new(Progress::default()))?;
    let explanation = session.compare()?;
    let count: usize = explanation.platforms.iter().map(|platform| platform.findings.len()).sum();
    let claimed =
        explanation.platforms.iter().flat_map(|platform| platform.findings.iter()).filter_map(|one| one.cause);
    let causes: BTreeSet<&str> = claimed.map(|cause| cause.id).collect();
    anyhow::ensure!(count > 5_000 && causes.len() > 1, "{count} findings, claimed by {causes:?}: nothing to measure");

    let mut group = criterion.benchmark_group("claim");
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function("an image with many entries", |bencher| {
        bencher.iter_batched(|| (), |()| session.compare(), BatchSize::PerIteration)
    });
    group.finish();

    let date = Date::parse("2026-01-31").context("a date")?;
    let policy = Policy::default_policy();
    let mut group = criterion.benchmark_group("render");
    group.throughput(Throughput::Elements(count as u64));
    group
        .bench_function("report", |bencher| bencher.iter(|| Report::new(&explanation, &policy, date, "0.0.0").verdict));
    let report = Report::new(&explanation, &policy, date, "0.0.0");
    group.bench_function("json", |bencher| bencher.iter(|| json::write(&report, io::sink())));
    for (name, detail) in [("text", text::Detail::Normal), ("text, everything", text::Detail::Verbose)] {
        let options = text::Options::plain(100, detail);
        group.bench_function(name, |bencher| bencher.iter(|| text::write(&report, &options, io::sink())));
    }
    group.finish();
    Ok(())
}
