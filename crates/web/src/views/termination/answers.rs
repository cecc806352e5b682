//! What each side may do about a request for termination, and what staff may do to void an agreement.

use super::{REFUSE_REASONS, VOID_NAMES, VOID_REASONS, reason_fields};
use crate::i18n::{tk, tk_with};
use crate::tr;
use crate::views::agreement::{AgreementView, refused};
use crate::views::form::{Choice, Form, checks};
use crate::views::frame::Frame;
use crate::views::icon::Icon;
use crate::views::links;
use crate::views::part::{Ask, confirm};
use domain::agreement::{CommandKind, StateKind};
use maud::{Markup, html};

/// What can be done about a request, by whoever looks: nothing unless one is open.
pub fn answers(frame: &Frame, view: &AgreementView, form: &Form) -> Markup {
    if view.state != StateKind::Terminating {
        return html! {};
    }
    html! {
        (consent(frame, view, form))
        (reasoned(frame, view, form, &REFUSE))
        (plain(frame, view, &CANCEL))
        (plain(frame, view, &APPROVE))
        (reasoned(frame, view, form, &REJECT))
        (plain(frame, view, &ESCALATE))
    }
}

/// One act on a request.
struct Deed {
    kind: CommandKind,
    path: &'static str,
    code: &'static str,
    icon: Icon,
    danger: bool,
}

const CONSENT: Deed = Deed {
    kind: CommandKind::ConsentTermination,
    path: "termination/consent",
    code: "t_consent",
    icon: Icon::CircleCheck,
    danger: false,
};

const REFUSE: Deed = Deed {
    kind: CommandKind::RefuseTermination,
    path: "termination/refusal",
    code: "t_refuse",
    icon: Icon::FileX,
    danger: true,
};

const CANCEL: Deed = Deed {
    kind: CommandKind::CancelTermination,
    path: "termination/cancellation",
    code: "t_cancel",
    icon: Icon::Undo2,
    danger: false,
};

const APPROVE: Deed = Deed {
    kind: CommandKind::ApproveTermination,
    path: "termination/approval",
    code: "t_approve",
    icon: Icon::CircleCheck,
    danger: false,
};

const REJECT: Deed = Deed {
    kind: CommandKind::RejectTermination,
    path: "termination/rejection",
    code: "t_reject",
    icon: Icon::Undo2,
    danger: true,
};

const ESCALATE: Deed = Deed {
    kind: CommandKind::EscalateTermination,
    path: "termination/escalation",
    code: "t_escalate",
    icon: Icon::CalendarClock,
    danger: false,
};

fn ask(frame: &Frame, view: &AgreementView, deed: &Deed, fields: &Markup) -> Markup {
    let lang = frame.lang;
    let label = tk(lang, "act", deed.code);
    if !view.may(deed.kind) {
        return refused(lang, view, deed.kind, deed.icon, &label);
    }
    confirm(
        frame,
        &Ask {
            id: deed.code,
            action: &links::under(frame, view.id, deed.path),
            version: view.version,
            button: &label,
            icon: deed.icon,
            title: &tk_with(lang, "ask", deed.code, &[("name", &view.student)]),
            text: &tk(lang, "ask_text", deed.code),
            danger: deed.danger,
        },
        fields,
    )
}

fn plain(frame: &Frame, view: &AgreementView, deed: &Deed) -> Markup {
    ask(frame, view, deed, &html! {})
}

/// The other party confirms that it has read the letter.
fn consent(frame: &Frame, view: &AgreementView, form: &Form) -> Markup {
    let lang = frame.lang;
    let choice = [Choice::new("yes", tr!(lang, "termination.read"))];
    let fields = checks(lang, form, "read", &tr!(lang, "termination.letter"), &choice);
    ask(frame, view, &CONSENT, &fields)
}

fn reasoned(frame: &Frame, view: &AgreementView, form: &Form, deed: &Deed) -> Markup {
    let lang = frame.lang;
    let fields = reason_fields(lang, form, &REFUSE_REASONS, ("reason", "text"));
    ask(frame, view, deed, &fields)
}

/// 作废, in two steps by two members of the school's staff.
pub fn void(frame: &Frame, view: &AgreementView, form: &Form) -> Markup {
    let lang = frame.lang;
    html! {
        @if view.act(CommandKind::ConfirmVoid).is_some() {
            (ask(frame, view, &CONFIRM_VOID, &html! {}))
            (ask(frame, view, &DROP_VOID, &html! {}))
        } @else if view.act(CommandKind::ProposeVoid).is_some() {
            (ask(frame, view, &PROPOSE_VOID, &reason_fields(lang, form, &VOID_REASONS, VOID_NAMES)))
        }
    }
}

const PROPOSE_VOID: Deed = Deed {
    kind: CommandKind::ProposeVoid,
    path: "void",
    code: "v_propose",
    icon: Icon::FileX,
    danger: true,
};

const CONFIRM_VOID: Deed = Deed {
    kind: CommandKind::ConfirmVoid,
    path: "void/confirmation",
    code: "v_confirm",
    icon: Icon::CircleCheck,
    danger: true,
};

const DROP_VOID: Deed = Deed {
    kind: CommandKind::DropVoid,
    path: "void/withdrawal",
    code: "v_drop",
    icon: Icon::Undo2,
    danger: false,
};
