//! The inbox of whoever is signed in, and its latest messages for first pages.

use super::cursor::{self, Trail};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::i18n::{Lang, has};
use crate::views::messages::{self, MessageRow, Messages};
use crate::views::time;
use axum::response::IntoResponse;
use domain::agreement::form::Input;
use domain::ids::{AccountId, MessageId, SchoolId};
use domain::notice::{Audience, Told};
use domain::policy::Actor;
use store::Conn;
use store::inbox::{self, Cursor, Message};

/// Messages on a page.
const PAGE: usize = 20;

/// Whose messages an actor reads.
pub fn audiences(actor: &Actor) -> Vec<Audience> {
    match actor {
        Actor::Employer { employer, .. } => vec![Audience::Employer(*employer)],
        Actor::Student { student, .. } => vec![Audience::Student(*student)],
        Actor::College { colleges, .. } => colleges.iter().map(|id| Audience::College(*id)).collect(),
        Actor::School { .. } => vec![Audience::School],
        Actor::Platform { .. } | Actor::System => vec![],
    }
}

/// The latest messages of several inboxes as one, the newest first, at most `limit`.
pub async fn latest(
    c: &mut Conn<'_>,
    (school, account): (SchoolId, AccountId),
    audiences: &[Audience],
    (after, limit): (Option<Cursor>, usize),
) -> std::result::Result<Vec<Message>, store::Error> {
    let seen = inbox::seen(c, school, account).await?;
    let mut all = Vec::new();
    for audience in audiences {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        all.extend(inbox::latest(c, school, *audience, (seen, after, most)).await?);
    }
    all.sort_by_key(|message| std::cmp::Reverse((message.at, message.id)));
    all.truncate(limit);
    Ok(all)
}

/// A message for a page; one of a kind that this version does not know is left out.
pub fn message_row(message: Message) -> Option<MessageRow> {
    let Message {
        event,
        agreement,
        params,
        at,
        unread,
        ..
    } = message;
    // Codes of terminations have no text of their own here; the agreement's page says more.
    let known = |code: String| {
        if has(Lang::Zh, &format!("reason.{code}")) {
            code
        } else {
            "other".to_owned()
        }
    };
    let values = [
        ("student", Some(params.student)),
        ("employer", Some(params.employer)),
        ("position", Some(params.position)),
        ("number", params.number),
        ("reason", params.reason.map(known)),
        ("deadline", params.deadline.map(time::stamp)),
    ];
    let given = values
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Some(MessageRow {
        event: Told::from_code(&event)?,
        agreement,
        params: given.collect(),
        at,
        unread,
    })
}

/// The page.
pub async fn list(ctx: &Ctx, school: SchoolId, path: &str, asked: &Input) -> Result {
    let trail = Trail::of(asked);
    let after = trail.key().map(|(at, id)| (at, MessageId(id)));
    let (account, audiences) = (ctx.account(), audiences(&ctx.actor));
    let read = ctx.store().read(move |c| {
        let audiences = audiences.clone();
        Box::pin(async move {
            let found = latest(c, (school, account), &audiences, (after, PAGE + 1)).await?;
            let mut total = 0;
            for audience in &audiences {
                total += inbox::count(c, school, *audience).await?;
            }
            Ok((found, total))
        })
    });
    let (mut found, total) = read.await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| cursor::text((last.at, last.id.0)));
    let frame = ctx.frame().await?;
    let view = Messages {
        rows: found.into_iter().filter_map(message_row).collect(),
        unread: frame.user.as_ref().map_or(0, |user| user.unread),
        pager: trail.pager(path, &[], next, u64::try_from(total).unwrap_or(0)),
    };
    Ok(messages::page(&frame, &view).into_response())
}

/// Everything up to now has been read.
pub async fn seen(ctx: &Ctx, school: SchoolId, path: &str) -> Result {
    let (account, now) = (ctx.account(), ctx.now());
    let noted = ctx
        .store()
        .write(move |c| Box::pin(async move { inbox::mark_seen(c, school, account, now).await }));
    noted.await?;
    Ok(ctx.done(path, "seen", &[]))
}
