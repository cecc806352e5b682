//! The mail address of whoever is signed in: a new one counts once a code that was sent to it came back, and,
//! where there is one already, a code that was sent to that one too. Else the password alone would lead to an
//! address of anybody's choice, and codes that go there would show no more than the password.

use super::attempt::{self, Try};
use super::factor::{self, GONE, Occasion, WRONG, digits};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::views::form::FieldError;
use domain::codes::email::Email;
use domain::ids::{AccountId, SchoolId};
use domain::ports::Env;
use jiff::Timestamp;
use store::passcodes::{self, Purpose, Tried};
use store::{Conn, Store, mail};

/// The names of the fields with the code that went to the new address, and to the one before.
pub const FIELDS: [&str; 2] = ["code", "old_code"];

/// Sends a code to the new address, and one to the one before; what is wrong, to stand beside the address.
pub async fn send(ctx: &Ctx, to: &Email) -> Result<std::result::Result<(), FieldError>> {
    let before = factor::address(ctx).await?;
    if before.as_ref().is_some_and(|before| same(before, to)) {
        return Ok(Err(FieldError::new("email", "email_same")));
    }
    let mut sent = Ok(());
    if let Some(before) = before {
        sent = factor::send(ctx, Occasion::Leave, &before).await?;
    }
    if sent.is_ok() {
        sent = factor::send(ctx, Occasion::Address, to).await?;
    }
    Ok(sent.map_err(|wrong| FieldError {
        field: "email".into(),
        ..wrong
    }))
}

/// Whether two addresses are one mailbox: no server in use tells capitals from small letters.
fn same(one: &Email, other: &Email) -> bool {
    one.reveal().eq_ignore_ascii_case(other.reveal())
}

/// The address that waits for its code.
pub async fn awaited(ctx: &Ctx) -> Result<Option<Email>> {
    let (purpose, now) = (Occasion::Address.purpose(ctx), ctx.now());
    let read = ctx.store().read(move |c| {
        let purpose = purpose.clone();
        Box::pin(async move { passcodes::sent(c, &purpose, now).await })
    });
    let Some(sent) = read.await? else { return Ok(None) };
    let address = mail::open(ctx.store().keys(), ctx.account(), &sent.address_sealed);
    Ok(Some(address.map_err(Error::from)?))
}

/// What was typed, and what it is tried against.
#[derive(Clone)]
struct Typed {
    key: (SchoolId, AccountId),
    /// The new address's code, and that of the one before.
    codes: [String; 2],
    purposes: [Purpose; 2],
    now: Timestamp,
}

/// Tries the codes that came back, as one try; the new address counts when they are right. What is wrong, beside
/// its field.
pub async fn confirm(ctx: &Ctx, codes: [&str; 2]) -> Result<Vec<FieldError>> {
    let typed = Typed {
        key: (ctx.person.home, ctx.person.account),
        codes: codes.map(digits),
        purposes: [Occasion::Address, Occasion::Leave].map(|deed| deed.purpose(ctx)),
        now: ctx.now(),
    };
    let (store, env) = (ctx.store().clone(), ctx.env().clone());
    let tried = ctx.store().write(move |c| {
        let (typed, store, env) = (typed.clone(), store.clone(), env.clone());
        Box::pin(async move { attempt(c, &typed, (&store, &env)).await })
    });
    let wrong = tried.await?;
    ctx.store().bell().notify_one();
    Ok(wrong)
}

async fn attempt(
    c: &mut Conn<'_>,
    typed: &Typed,
    (store, env): (&Store, &Env),
) -> std::result::Result<Vec<FieldError>, store::Error> {
    let (school, account) = typed.key;
    let wanted = if mail::address(c, school, account).await?.is_some() {
        2
    } else {
        1
    };
    let asked = || {
        FIELDS
            .into_iter()
            .zip(typed.codes.iter().zip(&typed.purposes))
            .take(wanted)
    };
    let empty = asked().filter(|(_, (code, _))| code.is_empty());
    let empty: Vec<_> = empty
        .map(|(field, _)| FieldError::new(field, "required"))
        .collect();
    if !empty.is_empty() {
        return Ok(empty);
    }
    let counted = attempt::count(c, typed.key, typed.now).await?;
    let Try::Go(counted) = counted.ok_or(store::Error::NotFound)? else {
        return Ok(vec![FieldError::new(FIELDS[0], "locked")]);
    };
    let (mut wrong, mut right) = (Vec::new(), Vec::new());
    for (field, (code, purpose)) in asked() {
        match passcodes::attempt(c, purpose, code, (store.keys(), typed.now)).await? {
            Tried::Right(one) => right.push(one),
            Tried::Wrong => wrong.push(FieldError::new(field, WRONG)),
            Tried::Gone => wrong.push(FieldError::new(field, GONE)),
        }
    }
    if wrong.iter().all(|error| error.code != WRONG) {
        attempt::take_back(c, typed.key, &counted).await?;
    }
    if let (Some(new), true) = (right.first(), wrong.is_empty()) {
        mail::set_address(c, typed.key, &new.address_sealed, env).await?;
    }
    Ok(wrong)
}
