//! `/employer`: to the place the employer works at, or where its entries stand.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::views::employer::schools::{EntryRow, Schools, page};
use crate::views::frame::Place;
use crate::views::links;
use axum::response::IntoResponse;
use store::{people, surroundings};

/// The newest year of the first school, else the list of entries.
pub async fn show(ctx: Ctx) -> Result {
    let employer = ctx.employer()?;
    let found = ctx.store().read(move |c| {
        Box::pin(async move {
            let places = surroundings::places(c, employer).await?;
            let itself = people::employer_by_id(c, employer)
                .await?
                .ok_or(store::Error::NotFound)?;
            let entries = people::entries_of(c, employer).await?;
            Ok((places, itself, entries))
        })
    });
    let (places, itself, entries) = found.await?;
    let newest = places
        .iter()
        .max_by_key(|place| (place.year, std::cmp::Reverse(place.school_id)));
    if let Some(place) = newest {
        return Ok(ctx.on(&links::place(&Place {
            school: place.code.clone(),
            year: place.year,
        })));
    }
    let admission = |code: &str| domain::eligibility::Admission::from_code(code).ok_or(Error::NotFound);
    let rows = entries.into_iter().map(|(school, status)| {
        Ok(EntryRow {
            school_name: school.name,
            status: admission(status.code())?,
            reason: None,
            place: None,
        })
    });
    let view = Schools {
        employer: itself.name,
        certification: admission(itself.certification.code())?,
        entries: rows.collect::<Result<_>>()?,
    };
    Ok(page(&ctx.frame().await?, &view).into_response())
}
