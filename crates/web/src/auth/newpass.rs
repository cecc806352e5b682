//! A new password: checked against the role's profile and the earlier ones, then hashed.

use crate::app::App;
use crate::auth::policy::{self, Weakness};
use crate::error::Result;
use crate::views::form::{FieldError, Form as FormView};
use domain::agreement::form::Input;
use store::accounts::{Account, PasswordHash};

/// A password that may be set, hashed, and the hashes that then count as earlier ones.
pub struct NewPassword {
    /// Its hash.
    pub hash: PasswordHash,
    /// Earlier ones, the latest first.
    pub history: Vec<String>,
}

/// Reads `new_password` and `repeat` from a form; `Err` holds what is wrong, beside its fields.
pub async fn read(
    app: &App,
    account: &Account,
    input: &Input,
) -> Result<std::result::Result<NewPassword, FormView>> {
    let profile = policy::profile(account.role);
    let password = input.raw("new_password");
    let refuse = |field, code| Ok(Err(FormView::default().with_error(field, code)));
    if password.is_empty() {
        return refuse("new_password", "required");
    }
    if let Err(weakness) = policy::check(profile, password, &[&account.login, &account.name]) {
        return Ok(Err(of(weakness)));
    }
    if input.raw("repeat") != password {
        return refuse("repeat", "not_the_same");
    }
    let mut history: Vec<String> = account.password_hash.iter().map(|hash| hash.0.clone()).collect();
    if app.hasher().is_among(password, &history).await? {
        return Ok(Err(of(Weakness::Same)));
    }
    history.extend(account.password_history.0.iter().cloned());
    history.truncate(profile.history);
    if app
        .hasher()
        .is_among(password, history.get(1..).unwrap_or(&[]))
        .await?
    {
        return Ok(Err(of(Weakness::Reused)));
    }
    let hash = PasswordHash(app.hasher().hash(password.to_owned()).await?);
    Ok(Ok(NewPassword { hash, history }))
}

fn of(weakness: Weakness) -> FormView {
    let params = match weakness {
        Weakness::TooShort(min) => vec![("min", min.to_string())],
        Weakness::TooLong => vec![("max", policy::MAX.to_string())],
        Weakness::FewClasses(classes) => vec![("classes", classes.to_string())],
        Weakness::Common | Weakness::Reused | Weakness::Same => Vec::new(),
    };
    let error = FieldError {
        params,
        ..FieldError::new("new_password", weakness.code())
    };
    FormView {
        errors: vec![error],
        ..FormView::default()
    }
}
