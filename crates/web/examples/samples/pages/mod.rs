//! Sample view models of every page: normal, empty, long, with errors.

#![expect(clippy::too_many_lines, reason = "lists of samples, not code to follow")]

mod agreements;
mod batches;
mod bundles;
mod employer;
mod frames;
mod offers;
mod public;
mod review;
mod student;
mod template;
mod termination;

use maud::Markup;
use web::i18n::Lang;

/// A page by its name.
pub type Sample = (&'static str, Markup);

/// Every page in a language.
pub fn all(lang: Lang) -> Vec<Sample> {
    [
        public::pages(lang),
        employer::pages(lang),
        offers::pages(lang),
        batches::pages(lang),
        student::pages(lang),
        review::pages(lang),
        template::pages(lang),
        bundles::pages(lang),
        termination::pages(lang),
    ]
    .concat()
}
