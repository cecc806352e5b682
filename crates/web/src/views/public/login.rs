//! The three logins. The employer's has a captcha with an accessible alternative.

use crate::tr;
use crate::views::form::{Choice, Field, Form, error, error_text};
use crate::views::frame::Frame;
use crate::views::layout::{self, Page};
use crate::views::nav::Spot;
use crate::views::part::note;
use maud::{Markup, html};
use uuid::Uuid;

/// Which login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// 单位登录.
    Employer,
    /// 毕业生登录.
    Student,
    /// 教师登录.
    Staff,
}

/// A captcha, single-use.
#[derive(Debug, Clone)]
pub enum Captcha {
    /// A picture at `/captcha/{id}.png`.
    Image(Uuid),
    /// A small sum in words, for whoever cannot see pictures.
    Sum {
        /// Its identifier.
        id: Uuid,
        /// First summand.
        a: u8,
        /// Second summand.
        b: u8,
    },
}

/// A login page.
#[derive(Debug, Clone)]
pub struct Login {
    /// Which.
    pub door: Door,
    /// The fields `login`, `school`, `captcha`; errors on `form` stand above all.
    pub form: Form,
    /// The captcha, where one is asked for.
    pub captcha: Option<Captcha>,
    /// The schools to choose from (students and staff): code and name.
    pub schools: Vec<Choice>,
    /// Where to go afterwards; an own path or empty.
    pub next: String,
}

fn captcha(frame: &Frame, form: &Form, captcha: &Captcha) -> Markup {
    let lang = frame.lang;
    html! {
        @match captcha {
            Captcha::Image(id) => {
                input type="hidden" name="captcha_id" value=(id);
                div.fld.bad[form.is_bad("captcha")] {
                    label.req for="f-captcha" { (tr!(lang, "login.captcha")) }
                    div.captcha {
                        input.in id="f-captcha" name="captcha" type="text" required autocomplete="off" autocapitalize="off" spellcheck="false" aria-invalid=[form.is_bad("captcha").then_some("true")] aria-describedby=[form.is_bad("captcha").then_some("captcha-e")];
                        img src={ "/captcha/" (id) ".png" } width="130" height="44" alt=(tr!(lang, "login.captcha_alt"));
                    }
                    (error(lang, form, "captcha"))
                    span.hint { a href="?" { (tr!(lang, "login.captcha_new")) } " · " a href="?captcha=text" { (tr!(lang, "login.captcha_text")) } }
                }
            },
            Captcha::Sum { id, a, b } => {
                input type="hidden" name="captcha_id" value=(id);
                (Field::text("captcha", tr!(lang, "login.captcha_sum", a = a, b = b)).required().numeric().complete("off").hint(tr!(lang, "login.captcha_sum_hint")).view(lang, form))
            },
        }
    }
}

fn switch(frame: &Frame, door: Door) -> Markup {
    let lang = frame.lang;
    let school = frame
        .school
        .as_ref()
        .map_or_else(String::new, |school| format!("?school={}", school.code));
    let entries = [
        (Door::Employer, "/login/employer", tr!(lang, "login.employer")),
        (Door::Student, "/login/student", tr!(lang, "login.student")),
        (Door::Staff, "/login/staff", tr!(lang, "login.staff")),
    ];
    html! {
        nav.switch aria-label=(tr!(lang, "login.which")) { @for (which, href, label) in entries {
            a href={ (href) (school) } aria-current=[(which == door).then_some("page")] { (label) }
        } }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &Login) -> Markup {
    let lang = frame.lang;
    let (title, lead, name, action) = match view.door {
        Door::Employer => (
            tr!(lang, "login.employer_title"),
            tr!(lang, "login.employer_lead"),
            tr!(lang, "login.account"),
            "/login/employer",
        ),
        Door::Student => (
            tr!(lang, "login.student_title"),
            tr!(lang, "login.student_lead"),
            tr!(lang, "login.student_no"),
            "/login/student",
        ),
        Door::Staff => (
            tr!(lang, "login.staff_title"),
            tr!(lang, "login.staff_lead"),
            tr!(lang, "login.staff_no"),
            "/login/staff",
        ),
    };
    let form = &view.form;
    let content = html! {
        div.lone.small {
            (switch(frame, view.door))
            section.card.login {
                h1 { (title) }
                p.lead { (lead) }
                form.fields.one method="post" action=(action) {
                    (frame.token())
                    input type="hidden" name="next" value=(view.next);
                    @if let Some(wrong) = form.errors.iter().find(|wrong| wrong.field == "form") {
                        div role="alert" { (note("bad", &html! { (error_text(lang, wrong)) })) }
                    }
                    @if view.door != Door::Employer { (Field::select("school", tr!(lang, "login.school"), &view.schools).view(lang, form)) }
                    (Field::text("login", name).required().complete("username").view(lang, form))
                    (Field::password("password", tr!(lang, "login.password"), "current-password").required().view(lang, form))
                    @if let Some(asked) = &view.captcha { (captcha(frame, form, asked)) }
                    button.btn.pri.lg.wide type="submit" { (tr!(lang, "login.submit")) }
                }
            }
            p.why { (match view.door { Door::Employer => tr!(lang, "login.employer_help"), Door::Student => tr!(lang, "login.student_help"), Door::Staff => tr!(lang, "login.staff_help") }) }
        }
    };
    layout::public(frame, &Page::new(&title, Spot::Nowhere), None, &content)
}
