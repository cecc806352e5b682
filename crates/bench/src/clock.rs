//! Time and processor time, of this program and of others, and what becomes of many of them.

use anyhow::Context;
use std::path::Path;
use std::time::{Duration, Instant};

/// Ticks of a second in `/proc/*/stat`; the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// The present moment, for differences.
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement is a difference of moments"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// Processor time of a whole process so far, user and system, to a hundredth of a second.
pub fn cpu_of(process: u32) -> anyhow::Result<Duration> {
    let file = format!("/proc/{process}/stat");
    let stat = std::fs::read_to_string(&file).context(file)?;
    // The name in parentheses may hold blanks; what follows it does not.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    Ok(Duration::from_secs_f64((ticks(11) + ticks(12)) / TICKS))
}

/// Processor time of this process so far.
pub fn own_cpu() -> anyhow::Result<Duration> {
    cpu_of(std::process::id())
}

/// Processor time of the calling thread so far, to the nanosecond.
pub fn thread_cpu() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("schedstat")?;
    let nanos = text.split_whitespace().next().unwrap_or_default().parse()?;
    Ok(Duration::from_nanos(nanos))
}

/// Memory of a process in kB, as `/proc/*/status` calls it (`VmRSS`, `VmHWM`, `RssAnon`).
pub fn memory_of(process: u32, what: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number
        .and_then(|text| text.parse().ok())
        .with_context(|| format!("{what} of {process}"))
}

/// Bytes of a file or of all files under a folder.
pub fn size_of(path: &Path) -> anyhow::Result<u64> {
    let about = std::fs::metadata(path).with_context(|| path.display().to_string())?;
    if about.is_file() {
        return Ok(about.len());
    }
    let mut sum = 0;
    for entry in std::fs::read_dir(path)? {
        sum += size_of(&entry?.path())?;
    }
    Ok(sum)
}

/// Milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The value below which the share `part` of the values lies; nothing of nothing.
pub fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = (last as f64 * part).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// The middle one.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values = [4.0, 1.0, 3.0, 2.0, 5.0];
        assert!((median(&values) - 3.0).abs() < f64::EPSILON);
        assert!((percentile(&values, 0.99) - 5.0).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn processor_time_grows_with_work() {
        let (before, all) = (thread_cpu().unwrap(), own_cpu().unwrap());
        let mut sum = 0_u64;
        while thread_cpu().unwrap() < before + Duration::from_millis(30) {
            sum = sum.wrapping_mul(31).wrapping_add(1);
        }
        assert!(own_cpu().unwrap() >= all + Duration::from_millis(10), "{sum}");
        assert!(memory_of(std::process::id(), "VmRSS").unwrap() > 1000);
    }
}
