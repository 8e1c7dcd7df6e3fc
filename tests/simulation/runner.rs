//! Runs many seeds on all cores, and names the first that fails with the command that repeats it.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use super::scenario::Scenario;
use super::world::{Report, World};

/// No scenario takes so long, unless the code under test never returns.
const MOST_SECONDS: u64 = 120;

/// Runs one seed.
///
/// # Errors
/// What was broken, in words.
pub fn run(seed: u64) -> Result<Report, String> {
    let scenario = Scenario::random(seed);
    judge(|| World::new(&scenario).run())
}

/// Runs one seed and prints what passes the page's socket.
///
/// # Errors
/// What was broken, in words.
pub fn run_aloud(seed: u64) -> Result<Report, String> {
    let scenario = Scenario::random(seed);
    println!("{scenario:#?}");
    judge(|| World::new(&scenario).aloud().run())
}

fn judge(run: impl FnOnce() -> Result<Report, Vec<String>>) -> Result<Report, String> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(|breaches| breaches.join("\n")),
        Err(_) => Err("it panicked, see above".to_owned()),
    }
}

/// Runs the seeds 0 to `seeds - 1`.
///
/// # Panics
/// With the seeds that fail.
pub fn run_all(seeds: u64) -> Report {
    let next = AtomicU64::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let current: Vec<AtomicU64> = (0..workers).map(|_| AtomicU64::new(u64::MAX)).collect();
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for slot in &current {
            let (next, done) = (&next, done.clone());
            scope.spawn(move || work(seeds, next, slot, &done));
        }
        drop(done);
        collect(&results, &current)
    })
}

fn work(
    seeds: u64,
    next: &AtomicU64,
    slot: &AtomicU64,
    done: &mpsc::Sender<(u64, Result<Report, String>)>,
) {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= seeds {
            slot.store(u64::MAX, Ordering::Relaxed);
            return;
        }
        slot.store(seed, Ordering::Relaxed);
        if done.send((seed, run(seed))).is_err() {
            return;
        }
    }
}

fn collect(
    results: &mpsc::Receiver<(u64, Result<Report, String>)>,
    current: &[AtomicU64],
) -> Report {
    let mut total = Report::default();
    let mut failures = Vec::new();
    loop {
        match results.recv_timeout(Duration::from_secs(MOST_SECONDS)) {
            Ok((_, Ok(report))) => {
                total.arrived += report.arrived;
                total.failed += report.failed;
                total.frames += report.frames;
                // Seeds end in any order.
                total.digest ^= report.digest;
            }
            Ok((seed, Err(breach))) => failures.push((seed, breach)),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => stuck(current),
        }
    }
    failures.sort();
    for (seed, breach) in failures.iter().take(5) {
        eprintln!("{}\n", explain(*seed, breach));
    }
    assert!(failures.is_empty(), "{} seeds failed", failures.len());
    total
}

/// The code under test does not return: the process has to end with it.
fn stuck(current: &[AtomicU64]) -> ! {
    for seed in current.iter().map(|slot| slot.load(Ordering::Relaxed)) {
        if seed != u64::MAX {
            eprintln!("{}", explain(seed, "never returns"));
        }
    }
    std::process::exit(101)
}

/// What failed, and how to see it again.
pub fn explain(seed: u64, breach: &str) -> String {
    format!(
        "seed {seed}: {breach}\nrepeat: MIS_SEED={seed} cargo test --no-default-features --features mqtt \
         --test simulation -- --nocapture"
    )
}
