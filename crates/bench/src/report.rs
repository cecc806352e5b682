//! The document: what was aimed at and reached, then part by part.

use std::fmt::Write as _;

/// What is written, in order.
#[derive(Debug, Default)]
pub struct Report {
    aims: Vec<Aim>,
    body: String,
}

#[derive(Debug)]
struct Aim {
    what: String,
    wanted: String,
    value: String,
    held: bool,
    /// How far off, where it was missed.
    miss: String,
}

/// A table of Markdown.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With this head.
    pub fn new(head: &[&str]) -> Self {
        Self {
            rows: vec![head.iter().map(|&text| text.to_owned()).collect()],
        }
    }

    /// One more row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "| {} |", row.join(" | "));
            if at == 0 {
                let rule: Vec<&str> = row
                    .iter()
                    .enumerate()
                    .map(|(column, _)| if column == 0 { ":--" } else { "--:" })
                    .collect();
                let _ = writeln!(out, "|{}|", rule.join("|"));
            }
        }
        out
    }
}

impl Report {
    /// A heading.
    pub fn section(&mut self, title: &str) {
        let _ = write!(self.body, "\n## {title}\n\n");
    }

    /// A paragraph.
    pub fn text(&mut self, text: &str) {
        let _ = write!(self.body, "{text}\n\n");
    }

    /// A table.
    #[expect(clippy::needless_pass_by_value, reason = "it is done with")]
    pub fn table(&mut self, table: Table) {
        let _ = writeln!(self.body, "{}", table.text());
    }

    /// A value that should be at least so much.
    pub fn at_least(&mut self, what: &str, aim: f64, value: f64, unit: &str) {
        let held = value >= aim;
        let miss = format!("{:.0} % short", (1.0 - value / aim) * 100.0);
        self.aim(
            what,
            (format!("≥ {aim}{unit}"), format!("{value:.2}{unit}")),
            held,
            miss,
        );
    }

    /// A value that should be at most so much.
    pub fn at_most(&mut self, what: &str, aim: f64, value: f64, unit: &str) {
        let held = value <= aim;
        let miss = format!("{:.0} % over", (value / aim - 1.0) * 100.0);
        let digits = if value < 10.0 { 2 } else { 1 };
        let value = format!("{value:.digits$}{unit}");
        self.aim(what, (format!("≤ {aim}{unit}"), value), held, miss);
    }

    /// Something that should be so.
    pub fn so(&mut self, what: &str, held: bool) {
        let value = if held { "yes" } else { "no" };
        self.aim(what, ("yes".into(), value.into()), held, "not so".into());
    }

    fn aim(&mut self, what: &str, (wanted, value): (String, String), held: bool, miss: String) {
        self.aims.push(Aim {
            what: what.to_owned(),
            wanted,
            value,
            held,
            miss: if held { String::new() } else { miss },
        });
    }

    /// The whole document.
    pub fn document(&self, head: &str) -> String {
        let mut table = Table::new(&["What", "Aim", "Measured", ""]);
        for aim in &self.aims {
            let mark = if aim.held {
                "✔".to_owned()
            } else {
                format!("✘ {}", aim.miss)
            };
            table.row(vec![
                aim.what.clone(),
                aim.wanted.clone(),
                aim.value.clone(),
                mark,
            ]);
        }
        format!("{head}\n## Aims\n\n{}{}", table.text(), self.body)
            .trim_end()
            .to_owned()
            + "\n"
    }
}

/// A number without decimals, with separators.
pub fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A size in kB or MB (powers of ten).
pub fn bytes(value: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size to be read by people")]
    let value = value as f64;
    if value < 1e6 {
        format!("{:.1} kB", value / 1e3)
    } else {
        format!("{:.1} MB", value / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_that_was_missed_says_by_how_much() {
        let mut report = Report::default();
        report.at_most("speed", 50.0, 60.0, " ms");
        report.at_least("share", 0.5, 0.6, "");
        report.section("More");
        let text = report.document("# Head\n");
        assert!(
            text.contains("| speed | ≤ 50 ms | 60.0 ms | ✘ 20 % over |"),
            "{text}"
        );
        assert!(text.contains("| share | ≥ 0.5 | 0.60 | ✔ |"), "{text}");
        assert!(text.ends_with("## More\n"), "{text}");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(whole(1_234_567.4), "1,234,567");
        assert_eq!(whole(999.0), "999");
        assert_eq!(bytes(119_000_000), "119.0 MB");
    }
}
