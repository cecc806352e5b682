//! How pages look, as far as a machine can say: every sample page in every language, every text,
//! the weight of a page.

#[path = "../../examples/samples/pages/mod.rs"]
mod samples;

#[cfg(test)]
mod pages;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod weight;
