//! Where acts came from and what proved who acted: evidence beside the audit chain.

use domain::ids::{AgreementId, SchoolId};

use hmac::Mac;

use crate::agreements::Origin;
use crate::db::{Conn, Error};
use crate::keys::Keys;
use crate::{exec, fetch_all, row, sealed};

/// Stands for where somebody acted from in what both parties are given: it says nothing by itself, and this
/// installation can show what it stands for. Hexadecimal digits.
pub fn commitment(keys: &Keys, address: &str, client: &str) -> Result<String, Error> {
    let mut mac = sealed::hmac(&keys.derive("origin of an act 1")?)?;
    mac.update(&(address.len() as u64).to_be_bytes());
    mac.update(address.as_bytes());
    mac.update(client.as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}

row! {
    /// Where one event came from.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ActOrigin {
        /// The event.
        pub seq: i64,
        /// The client's address.
        pub address: String,
        /// What the client calls itself.
        pub client: String,
        /// The second factor given with it: `password` or `code`.
        pub second_factor: Option<String>,
    }
}

/// Keeps it.
pub async fn put(
    c: &mut Conn<'_>,
    (school, id): (SchoolId, AgreementId),
    seq: i64,
    origin: &Origin,
    second_factor: Option<&str>,
) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO act_origin (school_id, agreement_id, seq, address, client, second_factor) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        school,
        id,
        seq,
        &origin.address,
        &origin.client,
        second_factor
    )?;
    Ok(())
}

/// Of all events of an agreement, the first one first.
pub async fn of_agreement(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
) -> Result<Vec<ActOrigin>, Error> {
    fetch_all!(
        c,
        ActOrigin,
        "SELECT seq, address, client, second_factor FROM act_origin WHERE school_id = $1 AND agreement_id = $2 \
         ORDER BY seq",
        school,
        id
    )
}
