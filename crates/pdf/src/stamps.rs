//! What is seen in the places of the signatures: who signed, for whom, and when.

use crate::form::zone;
use domain::document::Signer;
use domain::sealing::Stamp;
use serde::Serialize;

/// A stamp's part of the form's data.
#[derive(Serialize)]
pub struct Part {
    /// A person, not an organisation.
    person: bool,
    /// Whether the picture of the organisation's seal is shown.
    picture: bool,
    title: &'static str,
    main: String,
    lines: Vec<String>,
}

/// What is written in a stamp.
pub fn part(stamp: &Stamp) -> Part {
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
        person: stamp.signer == Signer::Student,
        picture: stamp.seal.is_some(),
        title,
        main: main.clone(),
        lines: person
            .into_iter()
            .chain([at, format!("No. {}", stamp.number)])
            .collect(),
    }
}
