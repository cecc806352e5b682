//! `sanfang admin … create`: sets up a school without demo data. Standard output gets the one thing that
//! a script wants (the school's code, the activation link), standard error the words around it.
//!
//! Creating somebody again who has not yet chosen a password gives a new link, and voids the old one.

use crate::activation::{self, Activation};
use crate::cli::{
    AccountCommand, Admin, EmployerCommand, NewEmployer, NewSchool, NewStaff, SchoolCommand, StaffCommand,
    StaffRole,
};
use crate::config::Config;
use crate::failure::usage;
use crate::{output, serve};
use anyhow::bail;
use domain::codes::{
    EMPLOYER_NATURE, EMPLOYER_SCALE, INDUSTRY, NAME_MAX, PROVINCE, PersonName, Phone, Table, Uscc,
    UsccWarning,
};
use domain::ids::{AccountId, CollegeId, EmployerId, SchoolId};
use domain::ports::Env;
use std::process::ExitCode;
use store::accounts::{self, NewAccount, Role, Status};
use store::people::{self, EntryStatus};
use store::{Conn, Error, Store, mail, schools};

/// Creates.
pub async fn run(config: &Config, command: Admin) -> anyhow::Result<ExitCode> {
    match command {
        Admin::School(SchoolCommand::Create(new)) => school(config, new).await?,
        Admin::Staff(StaffCommand::Create(new)) => staff(config, new).await?,
        Admin::Employer(EmployerCommand::Create(new)) => employer(config, *new).await?,
        Admin::Seal(command) => super::seal::run(config, command).await?,
        Admin::Account(AccountCommand::ForgetMail { login, school }) => {
            forget_mail(config, &login, school.as_deref()).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn school(config: &Config, new: NewSchool) -> anyhow::Result<()> {
    if new.code.len() != 5 || !new.code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(usage("--code: the five digits of the institution (院校代码)"));
    }
    let school = schools::NewSchool {
        short_name: words("--short-name", new.short_name.as_deref().unwrap_or(&new.name))?,
        name: words("--name", &new.name)?,
        contact: words("--contact", &new.contact)?,
        phone: words("--phone", &new.phone)?,
        address: words("--address", &new.address)?,
        postcode: words("--postcode", &new.postcode)?,
        code: new.code,
    };
    if school.name.is_empty() {
        return Err(usage("--name: empty"));
    }
    let store = serve::open(config).await?;
    let (now, years, code) = (store.env().now(), new.years, school.code.clone());
    let made = store
        .write(move |c| {
            let (school, years) = (school.clone(), years.clone());
            Box::pin(async move {
                let id = schools::create(c, &school, now).await?;
                for year in years {
                    schools::add_year(c, id, year).await?;
                }
                Ok(())
            })
        })
        .await;
    match made {
        Ok(()) => output::say(&code),
        Err(error) if error.is_unique("school_code") => bail!("school {code} exists already"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn staff(config: &Config, new: NewStaff) -> anyhow::Result<()> {
    let role = match new.role {
        StaffRole::School => Role::School,
        StaffRole::College => Role::College,
        StaffRole::Platform => Role::Platform,
    };
    if (role == Role::College) == new.colleges.is_empty() {
        return Err(usage("--college: for the role college, and only for it"));
    }
    let colleges = new
        .colleges
        .iter()
        .map(|name| words("--college", name))
        .collect::<Result<Vec<_>, _>>()?;
    let name = person("--name", &new.name)?;
    let login = login(&new.login)?;
    let store = serve::open(config).await?;
    let school = match (&new.school, role) {
        (None, _) => SchoolId::NONE,
        (Some(_), Role::Platform) => {
            return Err(usage("--school: staff of the platform belongs to no school"));
        }
        (Some(code), _) => find_school(&store, code).await?,
    };
    let who = NewAccount {
        school_id: school,
        id: AccountId::new(store.env().now(), store.env().random.as_ref()),
        role,
        login,
        name,
        employer_id: None,
        student_id: None,
        created_at: store.env().now(),
    };
    invite(
        &store,
        config,
        Invitation {
            who,
            colleges,
            employer: None,
            entries: vec![],
        },
    )
    .await
}

async fn employer(config: &Config, new: NewEmployer) -> anyhow::Result<()> {
    let uscc = Uscc::parse(&new.uscc).map_err(|error| usage(format!("--uscc: {error}")))?;
    if let Some(UsccWarning::Checksum(expected)) = uscc.warning() {
        output::complain(&format!(
            "--uscc: the check character should be {expected}; taken as given"
        ));
    }
    let (contact, login) = (person("--person", &new.person)?, login(&new.login)?);
    let store = serve::open(config).await?;
    let (now, random) = (store.env().now(), store.env().random.clone());
    let id = EmployerId::new(now, random.as_ref());
    let employer = describe(&new, id, &uscc, &contact)?;
    let mut entries = Vec::new();
    for code in &new.schools {
        entries.push(find_school(&store, code).await?);
    }
    let who = NewAccount {
        school_id: SchoolId::NONE,
        id: AccountId::new(now, random.as_ref()),
        role: Role::Employer,
        login,
        name: contact,
        employer_id: Some(id),
        student_id: None,
        created_at: now,
    };
    invite(
        &store,
        config,
        Invitation {
            who,
            colleges: vec![],
            employer: Some(employer),
            entries,
        },
    )
    .await
}

fn describe(
    new: &NewEmployer,
    id: EmployerId,
    uscc: &Uscc,
    contact: &str,
) -> anyhow::Result<people::NewEmployer> {
    if new.name.trim().is_empty() {
        return Err(usage("--name: empty"));
    }
    let phone = match new.phone.as_str() {
        "" => String::new(),
        text => Phone::any(text)
            .map_err(|error| usage(format!("--phone: {error}")))?
            .expose()
            .to_owned(),
    };
    Ok(people::NewEmployer {
        id,
        uscc: uscc.as_str().to_owned(),
        name: words("--name", &new.name)?,
        nature: code("--nature", &EMPLOYER_NATURE, &new.nature)?,
        industry: code("--industry", &INDUSTRY, &new.industry)?,
        scale: code("--scale", &EMPLOYER_SCALE, &new.scale)?,
        region: if new.region.is_empty() {
            format!("{}0000", &uscc.region()[..2])
        } else {
            code("--region", &PROVINCE, &new.region)?
        },
        address: words("--address", &new.address)?,
        postcode: words("--postcode", &new.postcode)?,
        legal_person: words("--legal-person", &new.legal_person)?,
        contact: contact.to_owned(),
        phone,
        email: words("--email", &new.email)?,
        has_personnel_authority: new.has_personnel_authority,
    })
}

/// Somebody to be given an account, and what has to exist with it.
#[derive(Clone)]
struct Invitation {
    who: NewAccount,
    colleges: Vec<String>,
    employer: Option<people::NewEmployer>,
    entries: Vec<SchoolId>,
}

/// Why nobody was invited.
enum Outcome {
    Invited,
    /// The login name belongs to somebody else, or to an account that has a password.
    LoginTaken,
    /// The code belongs to an employer with this name.
    OtherEmployer(String),
}

async fn invite(store: &Store, config: &Config, invitation: Invitation) -> anyhow::Result<()> {
    let activation = Activation::new(store.env(), invitation.who.school_id, activation::STAFF);
    let link = activation.link(&config.server.public_url()?);
    let (env, login) = (store.env().clone(), invitation.who.login.clone());
    let outcome = store
        .write(move |c| {
            let (invitation, activation, env) = (invitation.clone(), activation.clone(), env.clone());
            Box::pin(async move { write(c, &env, invitation, &activation).await })
        })
        .await?;
    match outcome {
        Outcome::Invited => {
            output::complain(&format!("{login}: activation link, good for 7 days and once"));
            output::say(&link);
            Ok(())
        }
        Outcome::LoginTaken => bail!("the login name {login} is taken"),
        Outcome::OtherEmployer(name) => bail!("this code belongs to {name}"),
    }
}

/// Looks before it writes anything, so that an outcome without an invitation has changed nothing.
async fn write(
    c: &mut Conn<'_>,
    env: &Env,
    mut new: Invitation,
    activation: &Activation,
) -> Result<Outcome, Error> {
    let known = match &new.employer {
        Some(employer) => people::employer_by_uscc(c, &employer.uscc).await?,
        None => None,
    };
    let mut noted = false;
    if let (Some(known), Some(employer)) = (&known, &new.employer) {
        noted = people::employer_is_noted(c, known.id).await?;
        if !noted && known.name != employer.name {
            return Ok(Outcome::OtherEmployer(known.name.clone()));
        }
        new.who.employer_id = Some(known.id);
    }
    let school = new.who.school_id;
    let found = accounts::by_login(c, school, &new.who.login, Role::ALL).await?;
    if let Some(found) = &found {
        let same = found.role == new.who.role && found.employer_id == new.who.employer_id;
        if !same || found.status != Status::Invited {
            return Ok(Outcome::LoginTaken);
        }
    }
    match (&known, &new.employer) {
        (None, Some(employer)) => {
            people::employer_insert(c, employer, new.who.created_at).await?;
            people::certification_set(c, employer.id, EntryStatus::Approved).await?;
        }
        // Known from an agreement on paper: what stood there is replaced by what the employer says itself.
        (Some(known), Some(employer)) if noted => {
            people::employer_claim(c, known.id, employer).await?;
            people::certification_set(c, known.id, EntryStatus::Approved).await?;
        }
        _ => {}
    }
    for &entry in &new.entries {
        if let Some(employer) = new.who.employer_id {
            let (status, now) = (EntryStatus::Approved, new.who.created_at);
            people::entry_set(c, (entry, employer), status, None, Some(now)).await?;
        }
    }
    let id = if let Some(found) = found {
        found.id
    } else {
        accounts::create(c, &new.who).await?;
        new.who.id
    };
    for name in &new.colleges {
        let fresh = CollegeId::new(new.who.created_at, env.random.as_ref());
        let college = people::college_create_or_get(c, school, fresh, name).await?;
        accounts::add_college(c, school, id, college).await?;
    }
    accounts::set_activation(c, school, id, &activation.hash, activation.expires_at).await?;
    Ok(Outcome::Invited)
}

/// Takes the mail address off an account; whoever reads the mailbox is told, and the change is written down.
async fn forget_mail(config: &Config, login: &str, school: Option<&str>) -> anyhow::Result<()> {
    let store = serve::open(config).await?;
    let school = match school {
        Some(code) => find_school(&store, code).await?,
        None => SchoolId::NONE,
    };
    let (wanted, env) = (login.to_owned(), store.env().clone());
    let forgotten = store.write(move |c| {
        let (login, env) = (wanted.clone(), env.clone());
        Box::pin(async move {
            let Some(account) = accounts::by_login(c, school, &login, Role::ALL).await? else {
                return Ok(None);
            };
            mail::forget_address(c, (school, account.id), &env)
                .await
                .map(Some)
        })
    });
    match forgotten.await? {
        None => Err(usage(format!("--login {login}: no such account"))),
        Some(false) => bail!("{login} has no mail address"),
        Some(true) => {
            output::say(&format!("{login} has no mail address any more"));
            Ok(())
        }
    }
}

async fn find_school(store: &Store, code: &str) -> anyhow::Result<SchoolId> {
    let wanted = code.to_owned();
    let found = store
        .read(move |c| {
            let code = wanted.clone();
            Box::pin(async move { schools::by_code(c, &code).await })
        })
        .await?;
    found
        .map(|school| school.id)
        .ok_or_else(|| usage(format!("--school {code}: no such school")))
}

/// A few words on one line.
fn words(option: &str, text: &str) -> anyhow::Result<String> {
    let text = text.trim();
    if text.chars().count() > 2 * NAME_MAX || text.chars().any(char::is_control) {
        return Err(usage(format!(
            "{option}: at most {} characters, on one line",
            2 * NAME_MAX
        )));
    }
    Ok(text.to_owned())
}

fn person(option: &str, text: &str) -> anyhow::Result<String> {
    let name = PersonName::parse(text).map_err(|error| usage(format!("{option}: {error}")))?;
    Ok(name.as_str().to_owned())
}

/// A login name: what can be typed on any keyboard.
fn login(text: &str) -> anyhow::Result<String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    if (3..=64).contains(&text.len()) && text.chars().all(good) {
        Ok(text.to_owned())
    } else {
        Err(usage("--login: 3 to 64 letters, digits and . - _ @"))
    }
}

fn code(option: &str, table: &Table, text: &str) -> anyhow::Result<String> {
    if let Some(code) = table.find_by_name(text).filter(|code| code.valid) {
        return Ok(code.code.to_owned());
    }
    let known: Vec<_> = table
        .all()
        .map(|code| format!("{} {}", code.code, code.name))
        .collect();
    Err(usage(format!("{option}: one of {}", known.join(", "))))
}
