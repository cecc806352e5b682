//! The navigation of each area: only pages that exist.

use super::frame::{Area, Frame};
use super::icon::{Icon, icon};
use super::links;
use crate::i18n::Lang;
use crate::tr;
use maud::{Markup, html};
use std::borrow::Cow;

/// The entry of the navigation a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The first page of the area.
    Home,
    /// Agreements (the list; the queue).
    Agreements,
    /// Source information.
    Source,
    /// The school's parameters.
    Parameters,
    /// The template of agreements.
    Template,
    /// The résumé.
    Resume,
    /// The inbox.
    Messages,
    /// The employer's own data.
    Company,
    /// The account.
    Account,
    /// The password.
    Password,
    /// Help.
    Help,
    /// None of them.
    Nowhere,
}

struct Entry {
    spot: Spot,
    href: String,
    icon: Icon,
    label: Cow<'static, str>,
    count: u64,
}

fn entry(spot: Spot, href: impl Into<String>, icon: Icon, label: Cow<'static, str>, count: u64) -> Entry {
    Entry {
        spot,
        href: href.into(),
        icon,
        label,
        count,
    }
}

type Group = (Cow<'static, str>, Vec<Entry>);

fn account(lang: Lang) -> Group {
    let password = entry(
        Spot::Password,
        "/password",
        Icon::KeyRound,
        tr!(lang, "nav.password"),
        0,
    );
    let help = entry(
        Spot::Help,
        "/help",
        Icon::CircleQuestionMark,
        tr!(lang, "nav.help"),
        0,
    );
    (tr!(lang, "nav.group_account"), vec![password, help])
}

/// The first page and the inbox.
fn top(frame: &Frame, href: &str, label: Cow<'static, str>) -> Group {
    let unread = frame.user.as_ref().map_or(0, |user| user.unread);
    let inbox = tr!(frame.lang, "nav.messages");
    let messages = entry(Spot::Messages, links::messages(frame), Icon::Bell, inbox, unread);
    (
        tr!(frame.lang, "nav.group_home"),
        vec![entry(Spot::Home, href, Icon::House, label, 0), messages],
    )
}

/// Agreements, with what waits.
fn agreements(frame: &Frame, label: Cow<'static, str>) -> Entry {
    let waiting = frame.user.as_ref().map_or(0, |user| user.waiting);
    let list = format!("{}/agreements", links::base(frame));
    entry(Spot::Agreements, list, Icon::FileText, label, waiting)
}

/// What the employer says of itself.
fn company(lang: Lang) -> Entry {
    let label = tr!(lang, "nav.company");
    entry(Spot::Company, "/employer/company", Icon::Building2, label, 0)
}

fn groups(frame: &Frame) -> Vec<Group> {
    let lang = frame.lang;
    let recruit = tr!(lang, "nav.group_recruit");
    let review = tr!(lang, "nav.group_review");
    match frame.area() {
        Some(Area::Employer) if frame.place.is_some() => vec![
            top(frame, &links::base(frame), tr!(lang, "nav.home")),
            (
                recruit,
                vec![agreements(frame, tr!(lang, "nav.agreements")), company(lang)],
            ),
            account(lang),
        ],
        Some(Area::Employer) => {
            let home = entry(Spot::Home, "/employer", Icon::House, tr!(lang, "nav.home"), 0);
            let home = (tr!(lang, "nav.group_home"), vec![home]);
            // A page that belongs to no school leads on to where /employer leads.
            let list = frame.usual_place().map(|choice| {
                let list = format!("{}/agreements", links::place(&choice.place));
                let label = tr!(lang, "nav.agreements");
                entry(Spot::Agreements, list, Icon::FileText, label, choice.pending)
            });
            let recruiting = list.into_iter().chain([company(lang)]).collect();
            vec![home, (recruit, recruiting), account(lang)]
        }
        Some(Area::College) => {
            let source = entry(
                Spot::Source,
                "/college/students",
                Icon::IdCard,
                tr!(lang, "nav.source"),
                0,
            );
            let all = agreements(frame, tr!(lang, "nav.all_agreements"));
            vec![
                top(frame, "/college", tr!(lang, "nav.queue")),
                (review, vec![all, source]),
                account(lang),
            ]
        }
        Some(Area::School) => school(frame),
        Some(Area::Platform) => {
            let home = entry(
                Spot::Home,
                "/platform",
                Icon::Server,
                tr!(lang, "nav.platform"),
                0,
            );
            vec![(tr!(lang, "nav.group_home"), vec![home]), account(lang)]
        }
        Some(Area::Student) | None => Vec::new(),
    }
}

fn school(frame: &Frame) -> Vec<Group> {
    let lang = frame.lang;
    let review = tr!(lang, "nav.group_review");
    let parameters = entry(
        Spot::Parameters,
        "/school/parameters",
        Icon::SlidersHorizontal,
        tr!(lang, "nav.parameters"),
        0,
    );
    let template = entry(
        Spot::Template,
        "/school/template",
        Icon::ScrollText,
        tr!(lang, "template.title"),
        0,
    );
    let all = agreements(frame, tr!(lang, "nav.all_agreements"));
    vec![
        top(frame, "/school", tr!(lang, "nav.overview")),
        (review, vec![all]),
        (tr!(lang, "nav.group_school"), vec![parameters, template]),
        account(lang),
    ]
}

/// The sidebar of the staff layout.
pub fn side(frame: &Frame, spot: Spot) -> Markup {
    html! {
        nav.side aria-label=(tr!(frame.lang, "nav.main")) { div {
            @for (title, entries) in groups(frame) {
                h2 { (title) }
                @for e in entries {
                    a href=(e.href) aria-current=[(e.spot == spot).then_some("page")] {
                        (icon(e.icon)) (e.label)
                        @if e.count > 0 { span.cnt.hot[e.spot == Spot::Messages] { (e.count) } }
                    }
                }
            }
        } }
    }
}

/// The bar at the foot of the student's pages.
pub fn student(frame: &Frame, spot: Spot) -> Markup {
    let lang = frame.lang;
    let (waiting, unread) = frame
        .user
        .as_ref()
        .map_or((0, 0), |user| (user.waiting, user.unread));
    let entries = [
        entry(Spot::Home, "/student", Icon::House, tr!(lang, "nav.s_home"), 0),
        entry(
            Spot::Agreements,
            "/student/agreements",
            Icon::FileText,
            tr!(lang, "nav.s_agreements"),
            waiting,
        ),
        entry(
            Spot::Resume,
            "/student/resume",
            Icon::ScrollText,
            tr!(lang, "nav.s_resume"),
            0,
        ),
        entry(
            Spot::Messages,
            "/student/messages",
            Icon::Bell,
            tr!(lang, "nav.s_messages"),
            unread,
        ),
    ];
    html! {
        nav.nav-b aria-label=(tr!(lang, "nav.main")) { ul {
            @for e in entries { li {
                a href=(e.href) aria-current=[(e.spot == spot).then_some("page")] {
                    (icon(e.icon)) span { (e.label) }
                    @if e.count > 0 { span.cnt { (e.count) } }
                }
            } }
        } }
    }
}
