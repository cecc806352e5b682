//! The ranges of the parameters, and that what was stored together is read together.

use domain::params::{ParamError, SchoolParams};
use serde_json::json;
use std::collections::BTreeMap;

#[test]
fn a_reply_deadline_is_one_to_thirty_days() {
    let params = SchoolParams::default();
    assert_eq!(
        (params.reply_days, params.reply_days_min, params.reply_days_max),
        (5, 1, 30)
    );
    for (key, value) in [
        ("reply_days_max", json!(31)),
        ("reply_days_min", json!(0)),
        ("reply_days", json!(31)),
        ("reply_days_max", json!(4)),
        ("penalty_cap", json!(-1)),
        ("penalty_cap", json!(i64::MAX)),
        ("second_factor", json!("face")),
        ("college_review", json!("yes")),
    ] {
        assert_eq!(
            params.with(key, &value),
            Err(ParamError::Invalid(key.into())),
            "{key} = {value}"
        );
    }
}

#[test]
fn every_parameter_that_can_be_set_is_read_again() {
    let mut params = SchoolParams::default();
    let mut stored = BTreeMap::new();
    for (key, value) in [
        ("window_from", json!("2026-10-15")),
        ("window_to", json!("2027-08-31")),
        ("reply_days", json!(20)),
        ("reply_days_max", json!(25)),
        ("reply_days_min", json!(10)),
        ("discovery", json!("exact")),
        ("max_breaches", json!(1)),
        ("second_factor", json!("none")),
        ("termination_school_review", json!(false)),
        ("penalty_cap", json!(100_000_000)),
    ] {
        params = params.with(key, &value).unwrap();
        stored.insert(key.to_owned(), value);
    }
    assert_eq!(SchoolParams::from_values(&stored), params);
}
