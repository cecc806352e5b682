//! `/` and `/s/{school}`: the doors.

use crate::access::RolePaths;
use crate::ctx::{School, Visitor};
use crate::error::{Error, Result};
use crate::params::PathText;
use crate::reply;
use crate::tr;
use crate::views::public::portal::{self, SchoolLink, SchoolPortal};
use crate::views::time;
use axum::response::IntoResponse;
use domain::params::SchoolParams;
use store::schools;

/// The schools and the three doors; whoever is signed in goes on to their own first page.
pub async fn home(visitor: Visitor) -> Result {
    if let Some(ctx) = &visitor.ctx {
        return Ok(reply::see_other(ctx.person.role.home()));
    }
    let all = visitor
        .here
        .app
        .store()
        .read(|c| Box::pin(schools::all(c)))
        .await?;
    let links: Vec<SchoolLink> = all
        .into_iter()
        .map(|school| SchoolLink {
            code: school.code,
            name: school.name,
        })
        .collect();
    Ok(portal::home(&visitor.frame().await?, &links).into_response())
}

/// One school's doors.
pub async fn school(visitor: Visitor, PathText(code): PathText) -> Result {
    let read = visitor.here.app.store().read(move |c| {
        let code = code.clone();
        Box::pin(async move {
            let Some(school) = schools::by_code(c, &code).await? else {
                return Ok(None);
            };
            // The students who sign now are of the latest year, which is not always the calendar's.
            let Some(year) = schools::years(c, school.id).await?.first().copied() else {
                return Ok(Some((school, 0, SchoolParams::default())));
            };
            let values = schools::params(c, school.id, year).await?;
            Ok(Some((school, year, SchoolParams::from_values(&values))))
        })
    });
    let (school, year, params) = read.await?.ok_or(Error::NotFound)?;
    let lang = visitor.here.lang;
    let window = match (params.window_from, params.window_to) {
        (None, None) => String::new(),
        (from, to) => {
            let day = |date: Option<_>| date.map_or_else(|| "…".to_owned(), |date| time::day(lang, date));
            tr!(lang, "portal.window", year = year, from = day(from), to = day(to)).into_owned()
        }
    };
    let view = SchoolPortal {
        window,
        address: school.address.clone(),
    };
    let mut frame = visitor.frame().await?;
    frame.school = Some(School::from(school).view());
    Ok(portal::school(&frame, &view).into_response())
}
