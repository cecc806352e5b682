//! The addresses that pages link to, written once.

use super::frame::{Area, Frame, Place};
use domain::ids::{AgreementId, StudentId};

/// `/employer/{school}/{year}`.
pub fn place(place: &Place) -> String {
    format!("/employer/{}/{}", place.school, place.year)
}

/// The beginning of the addresses of the person's area.
pub fn base(frame: &Frame) -> String {
    match (frame.area(), &frame.place) {
        (Some(Area::Employer), Some(chosen)) => place(chosen),
        (Some(Area::Employer), None) => "/employer".into(),
        (Some(Area::Student), _) => "/student".into(),
        (Some(Area::College), _) => "/college".into(),
        (Some(Area::School), _) => "/school".into(),
        (Some(Area::Platform), _) => "/platform".into(),
        (None, _) => String::new(),
    }
}

/// The page of an agreement in the person's area.
pub fn agreement(frame: &Frame, id: AgreementId) -> String {
    format!("{}/agreements/{id}", base(frame))
}

/// A page or act below an agreement: `withdrawal`, `document`, ….
pub fn under(frame: &Frame, id: AgreementId, act: &str) -> String {
    format!("{}/agreements/{id}/{act}", base(frame))
}

/// A page below a student, for employers: `resume`, `offer`.
pub fn student(frame: &Frame, id: StudentId, page: &str) -> String {
    format!("{}/students/{id}/{page}", base(frame))
}

/// The inbox.
pub fn messages(frame: &Frame) -> String {
    format!("{}/messages", base(frame))
}
