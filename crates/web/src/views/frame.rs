//! What every page is told about its surroundings: language, person, place, flash.

use crate::i18n::Lang;
use jiff::Timestamp;

/// The part of the site a person works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// 用人单位.
    Employer,
    /// 毕业生.
    Student,
    /// 院系.
    College,
    /// 学校就业中心.
    School,
    /// 平台.
    Platform,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct User {
    /// Name of the person.
    pub name: String,
    /// The unit: short name of the employer, the college, the school.
    pub unit: String,
    /// Where they work.
    pub area: Area,
    /// Unread messages.
    pub unread: u64,
    /// What waits for them (agreements in the queue, offers to answer), shown in the navigation.
    pub waiting: u64,
}

/// The school a page belongs to.
#[derive(Debug, Clone, Default)]
pub struct School {
    /// The code in addresses.
    pub code: String,
    /// The full name.
    pub name: String,
    /// Contact of the career centre, as one line; empty when unknown.
    pub contact: String,
}

/// The school and graduation year that an employer has chosen: the beginning of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The school's code.
    pub school: String,
    /// The graduation year.
    pub year: i32,
}

/// One school of the switcher.
#[derive(Debug, Clone)]
pub struct PlaceChoice {
    /// The place.
    pub place: Place,
    /// The school's name.
    pub school_name: String,
    /// Agreements that wait for an answer there.
    pub pending: u64,
}

/// A message shown once after a redirect, as a code of `flash.*` with its values.
#[derive(Debug, Clone)]
pub struct Flash {
    /// The code, as `withdrawn`.
    pub code: String,
    /// Values of the text.
    pub params: Vec<(String, String)>,
}

/// The surroundings of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language.
    pub lang: Lang,
    /// The present moment, for remaining times.
    pub now: Timestamp,
    /// Path and query of this page: the way back after a switch of language.
    pub path: String,
    /// The token that every form posts as `csrf`; empty when there is no session.
    pub csrf: String,
    /// The flash, if any.
    pub flash: Option<Flash>,
    /// Who is signed in.
    pub user: Option<User>,
    /// The school in view.
    pub school: Option<School>,
    /// The employer's place.
    pub place: Option<Place>,
    /// The employer's other places.
    pub places: Vec<PlaceChoice>,
}

impl Frame {
    /// Whether the person works in this area.
    pub fn is(&self, area: Area) -> bool {
        self.user.as_ref().is_some_and(|user| user.area == area)
    }

    /// The area of the person, `None` when nobody is signed in.
    pub fn area(&self) -> Option<Area> {
        self.user.as_ref().map(|user| user.area)
    }

    /// Where an employer begins that has chosen no place: the newest year of the first school.
    pub fn usual_place(&self) -> Option<&PlaceChoice> {
        // Of equal ones the last is the greatest, so the first school has to come last.
        self.places.iter().rev().max_by_key(|choice| choice.place.year)
    }

    /// The hidden `csrf` field of a form.
    pub fn token(&self) -> maud::Markup {
        maud::html! { input type="hidden" name="csrf" value=(self.csrf); }
    }
}
