//! `sanfang admin seal …`: looks after the certificate authority of this installation. A running server uses
//! what is made here from its next start.

use crate::cli::SealCommand;
use crate::config::Config;
use crate::failure::usage;
use crate::{output, sealing, serve};
use anyhow::Context;
use seal::Certificate;
use store::schools;

/// Does what is asked, and shows what there is afterwards.
pub async fn run(config: &Config, command: SealCommand) -> anyhow::Result<()> {
    let store = serve::open(config).await?;
    let mut authority = sealing::open(config, &store)?;
    match command {
        SealCommand::Show => {}
        SealCommand::Renew => authority
            .renew_issuing()
            .context("the root's key signs a new issuing authority: put it back for this")?,
        SealCommand::RenewSchool { school: code } => {
            let all = store.read(|c| Box::pin(schools::all(c))).await?;
            let school = all.iter().find(|school| school.code == code);
            let school = school.ok_or_else(|| usage(format!("no school {code}")))?;
            authority.renew_school(school.id.0, &school.name)?;
            output::say(&format!("the seal of {} has a new key", school.name));
        }
    }
    let mut rows = vec![row("root", authority.root())];
    rows.extend(authority.all_issuing()?.iter().map(|one| row("issuing", one)));
    output::say(output::table(&rows).trim_end());
    Ok(())
}

fn row(name: &str, certificate: &Certificate) -> Vec<String> {
    let serial = certificate.tbs_certificate().serial_number();
    vec![
        name.to_owned(),
        serial.to_string(),
        format!("counts until {}", seal::ends(certificate)),
    ]
}
