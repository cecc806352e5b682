//! The three parties: 甲 employer, 乙 student, 丙 school.

use super::pairs;
use crate::i18n::Lang;
use crate::tr;
use crate::views::icon::{Icon, icon};
use maud::{Markup, html};

/// What a party has done so far: the line at its foot.
#[derive(Debug, Clone, Default)]
pub struct Sign {
    /// Whether it is done.
    pub done: bool,
    /// The words, already in the language.
    pub text: String,
}

/// One party: labels (already in the language) and values.
#[derive(Debug, Clone, Default)]
pub struct PartyCard {
    /// What is known, in order.
    pub rows: Vec<(String, String)>,
    /// What it has done.
    pub sign: Sign,
}

/// The three.
#[derive(Debug, Clone, Default)]
pub struct Parties {
    /// 甲方.
    pub employer: PartyCard,
    /// 乙方.
    pub student: PartyCard,
    /// 丙方.
    pub school: PartyCard,
}

/// The three cards side by side (one under the other on a phone).
pub fn party_cards(lang: Lang, parties: &Parties) -> Markup {
    let cards = [
        (
            tr!(lang, "party.mark_a"),
            tr!(lang, "party.employer"),
            &parties.employer,
        ),
        (
            tr!(lang, "party.mark_b"),
            tr!(lang, "party.student"),
            &parties.student,
        ),
        (
            tr!(lang, "party.mark_c"),
            tr!(lang, "party.school"),
            &parties.school,
        ),
    ];
    html! {
        div.parties { @for (letter, name, card) in cards {
            div.party {
                h3 { span.role aria-hidden="true" { (letter) } (name) }
                (pairs("one", &card.rows))
                @if !card.sign.text.is_empty() {
                    p.sig.ok[card.sign.done] { (icon(if card.sign.done { Icon::CircleCheck } else { Icon::Clock })) (card.sign.text) }
                }
            }
        } }
    }
}
