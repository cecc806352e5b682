//! Sample view models of every page: normal, empty, long, with errors.

mod agreements;
mod employer;
mod frames;
mod public;
mod review;
mod student;

use maud::Markup;
use web::i18n::Lang;

/// A page by its name.
pub type Sample = (&'static str, Markup);

/// Every page in a language.
pub fn all(lang: Lang) -> Vec<Sample> {
    [public::pages(lang), employer::pages(lang), student::pages(lang), review::pages(lang)].concat()
}
