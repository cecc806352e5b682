//! The second factor: which one the school asks for, and whether it was given. A code that is wrong counts as
//! a wrong password does, so that an account has the same few guesses in a day whatever is guessed.

use super::attempt::{self, Try};
use super::{Confirmed, confirm_password};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::views::form::{FieldError, Form};
use crate::views::proof::Proof;
use domain::codes::email::Email;
use domain::ids::{AccountId, AgreementId, SchoolId};
use domain::params::{Demand, Factor, SchoolParams, SecondFactor};
use store::mail;
use store::passcodes::{self, Issued, Purpose, Right, Tried};
use unicode_normalization::UnicodeNormalization;

/// What a code is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// 应约.
    Accept(AgreementId),
    /// 申请解约.
    Terminate(AgreementId),
    /// A mail address is confirmed.
    Address,
    /// The address before agrees that another one takes its place.
    Leave,
}

impl Occasion {
    /// The purpose of a code for this, and for nobody else.
    pub fn purpose(self, ctx: &Ctx) -> Purpose {
        let what = match self {
            Self::Accept(id) => format!("accept:{id}"),
            Self::Terminate(id) => format!("terminate:{id}"),
            Self::Address => "address".into(),
            Self::Leave => "leave".into(),
        };
        Purpose {
            school: ctx.person.home,
            account: ctx.person.account,
            what,
        }
    }
}

/// The confirmed address of whoever is signed in.
pub async fn address(ctx: &Ctx) -> Result<Option<Email>> {
    let (school, account) = (ctx.person.home, ctx.person.account);
    let read = ctx
        .store()
        .read(move |c| Box::pin(async move { mail::address(c, school, account).await }));
    let found = read.await?;
    let open = |found: mail::Address| mail::open(ctx.store().keys(), account, &found.address_sealed);
    Ok(found.map(open).transpose()?)
}

/// What is asked for before this deed.
pub async fn wanted(ctx: &Ctx, params: &SchoolParams, deed: Occasion) -> Result<Proof> {
    let mail = ctx.here.app.config().mail;
    let known = match params.second_factor {
        SecondFactor::Code if mail => address(ctx).await?,
        _ => None,
    };
    let address = match params.second_factor.demand(mail, known) {
        Demand::Nothing => return Ok(Proof::None),
        Demand::Password => return Ok(Proof::Password),
        Demand::NoMail => return Ok(Proof::NoMail),
        Demand::NoAddress => return Ok(Proof::NoAddress),
        Demand::Code(address) => address,
    };
    let (purpose, now) = (deed.purpose(ctx), ctx.now());
    let read = ctx.store().read(move |c| {
        let purpose = purpose.clone();
        Box::pin(async move { passcodes::sent(c, &purpose, now).await })
    });
    Ok(Proof::Code {
        to: address.masked(),
        sent: read.await?.is_some(),
    })
}

/// Sends a code to an address; what is wrong, to stand beside the field.
pub async fn send(ctx: &Ctx, deed: Occasion, to: &Email) -> Result<std::result::Result<(), FieldError>> {
    let (purpose, to, store) = (deed.purpose(ctx), to.clone(), ctx.store().clone());
    let issue = ctx.store().write(move |c| {
        let (purpose, to, store) = (purpose.clone(), to.clone(), store.clone());
        Box::pin(async move { passcodes::issue(c, &purpose, &to, (store.keys(), store.env())).await })
    });
    let issued = issue.await?;
    ctx.store().bell().notify_one();
    Ok(match issued {
        Issued::Sent => Ok(()),
        Issued::TooSoon(until) => {
            let seconds = until.duration_since(ctx.now()).as_secs().max(1);
            Err(FieldError {
                params: vec![("n", seconds.to_string())],
                ..FieldError::new("code", "code_too_soon")
            })
        }
        Issued::TooMany => Err(FieldError::new("code", "code_too_many")),
    })
}

/// Sends a code for a deed to the person's own address, where that is what is asked for.
pub async fn send_own(ctx: &Ctx, params: &SchoolParams, deed: Occasion, form: &mut Form) -> Result<Proof> {
    let proof = wanted(ctx, params, deed).await?;
    if matches!(proof, Proof::Code { .. })
        && let Some(to) = address(ctx).await?
        && let Err(wrong) = send(ctx, deed, &to).await?
    {
        form.errors.push(wrong);
    }
    wanted(ctx, params, deed).await
}

/// What a code came to.
pub enum Checked {
    /// It is the code; the act that it proves uses it up.
    Right(Right),
    /// It is not; the code of the error.
    Wrong(&'static str),
}

/// A code as it was typed: full-width digits count as narrow ones, blanks are dropped.
pub(super) fn digits(typed: &str) -> String {
    typed.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// Tries a code, counted as a try of the password before it is compared.
async fn check(ctx: &Ctx, deed: Occasion, typed: &str) -> Result<Checked> {
    let typed = digits(typed);
    if typed.is_empty() {
        return Ok(Checked::Wrong("required"));
    }
    let key: (SchoolId, AccountId) = (ctx.person.home, ctx.person.account);
    let (purpose, store, now) = (deed.purpose(ctx), ctx.store().clone(), ctx.now());
    let tried = ctx.store().write(move |c| {
        let (purpose, store, typed) = (purpose.clone(), store.clone(), typed.clone());
        Box::pin(async move {
            let account = match attempt::count(c, key, now).await?.ok_or(store::Error::NotFound)? {
                Try::Go(account) => account,
                Try::Locked(_) => return Ok(None),
            };
            let tried = passcodes::attempt(c, &purpose, &typed, (store.keys(), now)).await?;
            if tried != Tried::Wrong {
                attempt::take_back(c, key, &account).await?;
            }
            Ok(Some(tried))
        })
    });
    Ok(match tried.await? {
        None => Checked::Wrong("locked"),
        Some(Tried::Right(right)) => Checked::Right(right),
        Some(Tried::Wrong) => Checked::Wrong(WRONG),
        Some(Tried::Gone) => Checked::Wrong(GONE),
    })
}

/// Errors of a code: it is another one; there is none that could be tried.
pub(super) const WRONG: &str = "wrong_code";
pub(super) const GONE: &str = "code_gone";

/// What proved who acts.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Which factor it was.
    pub factor: Option<Factor>,
    /// The code, to be used up by the act itself.
    pub code: Option<Right>,
}

/// Tries what was given, last and only when all else is right; what it proves.
pub async fn given(ctx: &Ctx, proof: &Proof, deed: Occasion, form: Form) -> Result<(Form, Given)> {
    let none = Given::default();
    match proof {
        Proof::None => Ok((form, none)),
        Proof::Code { .. } if form.input.raw("code").trim().is_empty() => {
            Ok((form.with_error("code", "required"), none))
        }
        Proof::Code { .. } if !form.errors.is_empty() => Ok((form, none)),
        Proof::Code { .. } => Ok(match check(ctx, deed, form.input.raw("code")).await? {
            Checked::Right(right) => {
                let given = Given {
                    factor: Some(Factor::Code),
                    code: Some(right),
                };
                (form, given)
            }
            Checked::Wrong(why) => (form.with_error("code", why), none),
        }),
        Proof::Password | Proof::NoMail | Proof::NoAddress => {
            let (form, factor) = password(ctx, form).await?;
            Ok((form, Given { factor, code: None }))
        }
    }
}

async fn password(ctx: &Ctx, form: Form) -> Result<(Form, Option<Factor>)> {
    let password = form.input.raw("password").to_owned();
    if password.is_empty() {
        return Ok((form.with_error("password", "required"), None));
    }
    if !form.errors.is_empty() {
        return Ok((form, None));
    }
    Ok(match confirm_password(ctx, &password).await? {
        Confirmed::Yes => (form, Some(Factor::Password)),
        Confirmed::Wrong => (form.with_error("password", "wrong_password"), None),
        Confirmed::Locked(_) => (form.with_error("password", "locked"), None),
    })
}
