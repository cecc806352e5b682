//! The rules of the tripartite employment agreement (三方就业协议书).
//!
//! Pure: no IO, no async, no clock, no randomness of its own. Everything that decides whether
//! something may happen to an agreement lives here; everything that remembers, shows or sends
//! it lives elsewhere.

pub mod agreement;
pub mod cells;
pub mod codes;
pub mod document;
pub mod eligibility;
pub mod ids;
pub mod money;
pub mod notice;
pub mod params;
pub mod policy;
pub mod ports;
pub mod sealing;
