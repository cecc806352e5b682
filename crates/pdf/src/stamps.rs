//! What is seen in the places of the signatures: who signed, for whom, and when.

use crate::engine::Engine;
use crate::form::zone;
use domain::document::{RenderError, Signer};
use domain::sealing::Stamp;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Form<'a> {
    fonts: &'a [String],
    stamps: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    party: &'static str,
    title: &'static str,
    main: String,
    lines: Vec<String>,
}

/// The data of the stamps' form.
pub fn fill(stamps: &[Stamp], engine: &Engine) -> Result<Value, RenderError> {
    let form = Form {
        fonts: &engine.families,
        stamps: stamps.iter().map(part).collect(),
    };
    serde_json::to_value(form).map_err(|error| RenderError::Form(error.to_string()))
}

fn part(stamp: &Stamp) -> Part {
    let at = stamp
        .at
        .to_zoned(zone())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string();
    let (title, main, person) = match stamp.signer {
        Signer::Employer => (
            "用人单位 · 电子签署",
            &stamp.organisation,
            Some(format!("经办人 {}", stamp.name)),
        ),
        Signer::Student => ("毕业生 · 电子签署", &stamp.name, None),
        Signer::College => (
            "院系 · 电子签署",
            &stamp.organisation,
            Some(format!("审核人 {}", stamp.name)),
        ),
        Signer::School => (
            "学校鉴证 · 系统电子签章",
            &stamp.organisation,
            Some(format!("审核人 {}", stamp.name)),
        ),
    };
    let person = person.filter(|_| !stamp.name.is_empty());
    Part {
        party: stamp.signer.key(),
        title,
        main: main.clone(),
        lines: person
            .into_iter()
            .chain([at, format!("No. {}", stamp.number)])
            .collect(),
    }
}
