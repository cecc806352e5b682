//! Every address of the site with its policy, in one list. What is not here does not exist.

use crate::access::Access::{AnyAccount, Open, Public};
use crate::access::{Access, Role, Route, get, post, upload as with_files};
use crate::app::App;
use crate::boundary::boundary;
use crate::guard::{Gate, guard};
use crate::pages::shared::{bundles, evidence, licence, paper, record, termination, upload};
use crate::pages::{self, account, college, employer, platform, public, school, student};
use crate::upload::Limits;
use crate::{assets, health};
use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

const EMPLOYER: Access = Access::Role(Role::Employer);
const STUDENT: Access = Access::Role(Role::Student);
const COLLEGE: Access = Access::Role(Role::College);
const SCHOOL: Access = Access::Role(Role::School);
const PLATFORM: Access = Access::Role(Role::Platform);

/// All routes.
pub fn routes() -> Vec<Route> {
    let mut all = public_routes();
    all.extend(employer_routes());
    all.extend(student_routes());
    all.extend(college_routes());
    all.extend(school_routes());
    all
}

#[rustfmt::skip]
fn public_routes() -> Vec<Route> {
    vec![
        get("/healthz", Open, health::live),
        get("/readyz", Open, health::ready),
        get("/assets/{file}", Open, assets::file),
        get("/captcha/{file}", Open, public::captcha::picture),
        get("/", Public, public::portal::home),
        get("/s/{school}", Public, public::portal::school),
        get("/help", Public, public::help::show),
        get("/v", Public, public::verify::show),
        with_files("/v", Public, Limits::SEALED, public::verify_file::create).behind(public::verify_file::toll),
        get("/v/root.pem", Public, public::verify_file::root),
        get("/v/ca.pem", Public, public::verify_file::authorities),
        get("/v/crl.pem", Public, public::verify_file::revocations),
        get("/v/crl/{authority}", Public, public::verify_file::revocations_of),
        get("/v/ca/{authority}", Public, public::verify_file::authority),
        get("/v/{number}/{code}", Public, public::verify::named),
        post("/language", Public, public::language::choose),
        get("/login/employer", Public, public::login::employer),
        post("/login/employer", Public, public::login::enter_employer),
        get("/login/student", Public, public::login::student),
        post("/login/student", Public, public::login::enter_student),
        get("/login/staff", Public, public::login::staff),
        post("/login/staff", Public, public::login::enter_staff),
        get("/activate/{token}", Public, public::activation::show),
        post("/activate/{token}", Public, public::activation::create),
        post("/logout", Public, public::logout::create),
        get("/password", AnyAccount, public::password::show),
        post("/password", AnyAccount, public::password::update),
        get("/account", AnyAccount, account::show),
        post("/account/email", AnyAccount, account::send),
        post("/account/email/confirmation", AnyAccount, account::confirm),
        get("/platform", PLATFORM, platform::home),
    ]
}

#[rustfmt::skip]
fn employer_routes() -> Vec<Route> {
    vec![
        get("/employer", EMPLOYER, employer::home::show),
        get("/employer/company", EMPLOYER, employer::company::show),
        with_files("/employer/company", EMPLOYER, Limits::PAPERS, employer::company::put),
        get("/employer/company/licence", EMPLOYER, employer::company::file),
        get("/employer/company/licence/picture", EMPLOYER, employer::company::picture),
        get("/employer/{school}/{year}", EMPLOYER, employer::workbench::show),
        get("/employer/{school}/{year}/agreements", EMPLOYER, employer::agreements::list),
        get("/employer/{school}/{year}/agreements.xlsx", EMPLOYER, employer::agreements::export),
        get("/employer/{school}/{year}/students/{student}/resume", EMPLOYER, employer::resume::show),
        get("/employer/{school}/{year}/students/{student}/offer", EMPLOYER, employer::offer::new),
        post("/employer/{school}/{year}/students/{student}/offer", EMPLOYER, employer::offer::create),
        get("/employer/{school}/{year}/agreements/{id}", EMPLOYER, employer::agreement::show),
        get("/employer/{school}/{year}/agreements/{id}/edit", EMPLOYER, employer::offer::edit),
        post("/employer/{school}/{year}/agreements/{id}/edit", EMPLOYER, employer::offer::update),
        post("/employer/{school}/{year}/agreements/{id}/sending", EMPLOYER, employer::sending::create),
        post("/employer/{school}/{year}/agreements/{id}/withdrawal", EMPLOYER, employer::withdrawal::create),
        post("/employer/{school}/{year}/agreements/{id}/deadline", EMPLOYER, employer::deadline::create),
        get("/employer/{school}/{year}/agreements/{id}/document", EMPLOYER, employer::document::show),
        get("/employer/{school}/{year}/agreements/{id}/document.pdf", EMPLOYER, employer::document::pdf),
        get("/employer/{school}/{year}/batches", EMPLOYER, employer::batches::list),
        with_files("/employer/{school}/{year}/batches", EMPLOYER, Limits::SHEET, employer::batches::create),
        get("/employer/{school}/{year}/batches/sheet.xlsx", EMPLOYER, employer::batches::empty),
        get("/employer/{school}/{year}/batches/{batch}", EMPLOYER, employer::batches::show),
        post("/employer/{school}/{year}/batches/{batch}/sending", EMPLOYER, employer::batches::send),
        post("/employer/{school}/{year}/templates", EMPLOYER, employer::batches::keep),
        post("/employer/{school}/{year}/templates/removal", EMPLOYER, employer::batches::remove),
        get("/employer/{school}/{year}/agreements/{id}/record", EMPLOYER, record::show),
        get("/employer/{school}/{year}/agreements/{id}/evidence.zip", EMPLOYER, evidence::download),
        get("/employer/{school}/{year}/agreements/{id}/files/{file}", EMPLOYER, upload::download),
        get("/employer/{school}/{year}/agreements/{id}/files/{file}/pages/{page}", EMPLOYER, upload::sheet),
        get("/employer/{school}/{year}/agreements/{id}/termination", EMPLOYER, termination::new),
        with_files("/employer/{school}/{year}/agreements/{id}/termination", EMPLOYER, Limits::PAPERS, termination::create),
        with_files("/employer/{school}/{year}/agreements/{id}/termination/code", EMPLOYER, Limits::PAPERS, termination::code),
        with_files("/employer/{school}/{year}/agreements/{id}/termination/letter", EMPLOYER, Limits::PAPERS, termination::order),
        post("/employer/{school}/{year}/agreements/{id}/termination/consent", EMPLOYER, termination::consent),
        post("/employer/{school}/{year}/agreements/{id}/termination/refusal", EMPLOYER, termination::refuse),
        post("/employer/{school}/{year}/agreements/{id}/termination/cancellation", EMPLOYER, termination::cancel),
        get("/employer/{school}/{year}/bundles", EMPLOYER, bundles::show),
        post("/employer/{school}/{year}/bundles", EMPLOYER, bundles::create),
        get("/employer/{school}/{year}/bundles/{bundle}/file", EMPLOYER, bundles::file),
        post("/employer/{school}/{year}/bundles/{bundle}/removal", EMPLOYER, bundles::remove),
        get("/employer/{school}/{year}/messages", EMPLOYER, employer::messages::list),
        post("/employer/{school}/{year}/messages/seen", EMPLOYER, employer::messages::seen),
    ]
}

#[rustfmt::skip]
fn student_routes() -> Vec<Route> {
    vec![
        get("/student", STUDENT, student::home::show),
        get("/student/agreements", STUDENT, student::agreements::list),
        get("/student/agreements/{id}", STUDENT, student::agreement::show),
        post("/student/agreements/{id}/ticks", STUDENT, student::ticks::update),
        post("/student/agreements/{id}/acceptance", STUDENT, student::acceptance::create),
        post("/student/agreements/{id}/acceptance/code", STUDENT, student::acceptance::code),
        post("/student/agreements/{id}/refusal", STUDENT, student::refusal::create),
        get("/student/agreements/{id}/document", STUDENT, student::document::show),
        get("/student/agreements/{id}/document.pdf", STUDENT, student::document::pdf),
        get("/student/agreements/{id}/record", STUDENT, record::show),
        get("/student/agreements/{id}/evidence.zip", STUDENT, evidence::download),
        get("/student/agreements/{id}/files/{file}", STUDENT, upload::download),
        get("/student/agreements/{id}/termination", STUDENT, termination::new),
        with_files("/student/agreements/{id}/termination", STUDENT, Limits::PAPERS, termination::create),
        with_files("/student/agreements/{id}/termination/code", STUDENT, Limits::PAPERS, termination::code),
        with_files("/student/agreements/{id}/termination/letter", STUDENT, Limits::PAPERS, termination::order),
        post("/student/agreements/{id}/termination/consent", STUDENT, termination::consent),
        post("/student/agreements/{id}/termination/refusal", STUDENT, termination::refuse),
        post("/student/agreements/{id}/termination/cancellation", STUDENT, termination::cancel),
        get("/student/paper", STUDENT, paper::new),
        with_files("/student/paper", STUDENT, Limits::PAPERS, paper::create),
        get("/student/source", STUDENT, student::source::show),
        get("/student/resume", STUDENT, student::resume::show),
        post("/student/resume", STUDENT, student::resume::update),
        get("/student/messages", STUDENT, student::messages::list),
        post("/student/messages/seen", STUDENT, student::messages::seen),
    ]
}

#[rustfmt::skip]
fn college_routes() -> Vec<Route> {
    vec![
        get("/college", COLLEGE, college::queue::show),
        get("/college/agreements", COLLEGE, college::agreements::list),
        get("/college/agreements.xlsx", COLLEGE, college::agreements::export),
        post("/college/approvals", COLLEGE, college::approval::create_many),
        get("/college/agreements/{id}", COLLEGE, college::agreement::show),
        post("/college/agreements/{id}/approval", COLLEGE, college::approval::create),
        post("/college/agreements/{id}/return", COLLEGE, college::returning::create),
        get("/college/agreements/{id}/document", COLLEGE, college::document::show),
        get("/college/agreements/{id}/document.pdf", COLLEGE, college::document::pdf),
        get("/college/agreements/{id}/licence", COLLEGE, licence::download),
        get("/college/agreements/{id}/licence/picture", COLLEGE, licence::picture),
        get("/college/agreements/{id}/record", COLLEGE, record::show),
        get("/college/agreements/{id}/evidence.zip", COLLEGE, evidence::download),
        get("/college/agreements/{id}/files/{file}", COLLEGE, upload::download),
        get("/college/agreements/{id}/files/{file}/pages/{page}", COLLEGE, upload::sheet),
        post("/college/agreements/{id}/termination/approval", COLLEGE, termination::approve),
        post("/college/agreements/{id}/termination/rejection", COLLEGE, termination::reject),
        get("/college/students", COLLEGE, college::students::list),
        post("/college/students/approval", COLLEGE, college::students::approve),
        get("/college/students/{student}", COLLEGE, college::student::show),
        post("/college/students/{student}/approval", COLLEGE, college::student::approve),
        post("/college/students/{student}/return", COLLEGE, college::student::give_back),
        get("/college/bundles", COLLEGE, bundles::show),
        post("/college/bundles", COLLEGE, bundles::create),
        get("/college/bundles/{bundle}/file", COLLEGE, bundles::file),
        post("/college/bundles/{bundle}/removal", COLLEGE, bundles::remove),
        get("/college/messages", COLLEGE, college::messages::list),
        post("/college/messages/seen", COLLEGE, college::messages::seen),
    ]
}

#[rustfmt::skip]
fn school_routes() -> Vec<Route> {
    vec![
        get("/school", SCHOOL, school::home::show),
        get("/school/agreements", SCHOOL, school::agreements::list),
        get("/school/agreements.xlsx", SCHOOL, school::agreements::export),
        post("/school/approvals", SCHOOL, school::approval::create_many),
        get("/school/agreements/{id}", SCHOOL, school::agreement::show),
        post("/school/agreements/{id}/approval", SCHOOL, school::approval::create),
        post("/school/agreements/{id}/return", SCHOOL, school::returning::create),
        get("/school/agreements/{id}/document", SCHOOL, school::document::show),
        get("/school/agreements/{id}/document.pdf", SCHOOL, school::document::pdf),
        get("/school/parameters", SCHOOL, school::parameters::show),
        post("/school/parameters", SCHOOL, school::parameters::update),
        get("/school/template", SCHOOL, school::template::show),
        with_files("/school/template", SCHOOL, Limits::FIELDS, school::template::update),
        post("/school/template/publication", SCHOOL, school::template::publish),
        post("/school/template/removal", SCHOOL, school::template::discard),
        get("/school/template/preview", SCHOOL, school::template_paper::preview),
        get("/school/template/preview.pdf", SCHOOL, school::template_paper::pdf),
        get("/school/template/versions/{version}", SCHOOL, school::template_paper::version),
        get("/school/pictures", SCHOOL, school::pictures::show),
        get("/school/pictures/{picture}", SCHOOL, school::pictures::picture),
        with_files("/school/pictures/{picture}", SCHOOL, Limits::PAPERS, school::pictures::put),
        post("/school/pictures/{picture}/removal", SCHOOL, school::pictures::remove),
        get("/school/agreements/{id}/licence", SCHOOL, licence::download),
        get("/school/agreements/{id}/licence/picture", SCHOOL, licence::picture),
        get("/school/agreements/{id}/record", SCHOOL, record::show),
        get("/school/agreements/{id}/evidence.zip", SCHOOL, evidence::download),
        get("/school/agreements/{id}/files/{file}", SCHOOL, upload::download),
        get("/school/agreements/{id}/files/{file}/pages/{page}", SCHOOL, upload::sheet),
        post("/school/agreements/{id}/termination/approval", SCHOOL, termination::approve),
        post("/school/agreements/{id}/termination/rejection", SCHOOL, termination::reject),
        post("/school/agreements/{id}/termination/escalation", SCHOOL, termination::escalate),
        post("/school/agreements/{id}/void", SCHOOL, termination::propose_void),
        post("/school/agreements/{id}/void/confirmation", SCHOOL, termination::confirm_void),
        post("/school/agreements/{id}/void/withdrawal", SCHOOL, termination::drop_void),
        get("/school/paper", SCHOOL, paper::new),
        with_files("/school/paper", SCHOOL, Limits::PAPERS, paper::create),
        get("/school/bundles", SCHOOL, bundles::show),
        post("/school/bundles", SCHOOL, bundles::create),
        get("/school/bundles/{bundle}/file", SCHOOL, bundles::file),
        post("/school/bundles/{bundle}/removal", SCHOOL, bundles::remove),
        get("/school/messages", SCHOOL, school::messages::list),
        post("/school/messages/seen", SCHOOL, school::messages::seen),
    ]
}

/// The whole site.
pub fn router(app: App) -> Router {
    let gate = |access, files, toll| {
        from_fn_with_state(
            Gate {
                app: app.clone(),
                access,
                files,
                toll,
            },
            guard,
        )
    };
    let mut router = Router::new();
    for route in routes() {
        let guard = gate(route.access(), route.files(), route.toll());
        let path = route.path();
        router = router.route(path, route.into_handler().route_layer(guard));
    }
    let packed = SizeAbove::new(256)
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::IMAGES);
    router
        .method_not_allowed_fallback(pages::other_method.layer(gate(Public, None, None)))
        .fallback(pages::nothing.layer(gate(Public, None, None)))
        .layer(
            CompressionLayer::new()
                .gzip(true)
                // A page is made anew for every request: a fifth more bytes for a third of the time.
                .quality(CompressionLevel::Fastest)
                .compress_when(packed),
        )
        .layer(from_fn_with_state(app.clone(), boundary))
        .with_state(app)
}
