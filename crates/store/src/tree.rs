//! The Merkle tree over all events of a school (hashing as in RFC 9162, 2.1): a leaf for every event, and
//! from time to time a checkpoint, its root signed. A checkpoint is kept in the database and, the latest
//! one, outside it, so that a database that was rolled back is noticed.
//!
//! Each agreement's own chain shows that none of its events was changed; the tree shows that none of a whole
//! agreement, or of the latest events of one, was left out.

use domain::ids::{AgreementId, SchoolId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::{Conn, Error, Store};
use crate::{exec, fetch_all, fetch_one, fetch_opt, files, row};

/// Events read at once.
const BATCH: i64 = 1000;
/// Events taken up in one transaction: few, since on SQLite everybody who writes waits meanwhile.
const TAKEN: usize = 100;

/// A hash of the tree.
pub type Node = [u8; 32];

/// The hash of a leaf that holds the hash of an event.
pub fn leaf(event: &[u8]) -> Node {
    Sha256::new()
        .chain_update([0])
        .chain_update(event)
        .finalize()
        .into()
}

/// The hash of two subtrees.
pub fn join(left: &Node, right: &Node) -> Node {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of the tree over these leaves (RFC 9162, 2.1.1).
pub fn root_of(leaves: &[Node]) -> Node {
    match leaves {
        [] => Sha256::digest([]).into(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            join(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two below `size`, which is at least 2.
pub(crate) fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// What is needed to show that an event is in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Position of the leaf, from 0.
    pub position: u64,
    /// Number of leaves under the root.
    pub size: u64,
    /// The hashes beside the way to the root, the lowest first, in hexadecimal digits.
    pub path: Vec<String>,
}

/// Whether a proof leads from the leaf of an event to `root` (RFC 9162, 2.1.3.2).
pub fn leads(proof: &Proof, event: &[u8], root: &[u8]) -> bool {
    if proof.position >= proof.size {
        return false;
    }
    let (mut at, mut last) = (proof.position, proof.size - 1);
    let mut hash = leaf(event);
    for step in &proof.path {
        let mut beside = Node::default();
        if last == 0 || hex::decode_to_slice(step, &mut beside).is_err() {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = join(&beside, &hash);
            while at % 2 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = join(&hash, &beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash[..] == *root
}

row! {
    /// An event that has no leaf yet.
    #[derive(Debug, Clone)]
    struct Fresh {
        agreement_id: AgreementId,
        seq: i64,
        hash: Vec<u8>,
    }
}

/// How many leaves the tree has.
pub async fn size(c: &mut Conn<'_>, school: SchoolId) -> Result<u64, Error> {
    let (size,) = fetch_one!(
        c,
        (i64,),
        "SELECT coalesce(max(position) + 1, 0) AS size FROM audit_leaf WHERE school_id = $1",
        school
    )?;
    Ok(unsigned(size))
}

/// Takes up all events that have no leaf yet, the oldest first; how many. They are looked for among all events
/// of the school, which is nothing to do where others wait to write; two that do this at once hinder each other,
/// and one of them fails.
pub async fn grow(store: &Store, school: SchoolId) -> Result<usize, Error> {
    let mut taken = 0;
    loop {
        let found = store
            .read(move |c| Box::pin(async move { fresh(c, school).await }))
            .await?;
        if found.is_empty() {
            return Ok(taken);
        }
        taken += found.len();
        for few in found.chunks(TAKEN).map(<[Fresh]>::to_vec) {
            store
                .write(move |c| {
                    let few = few.clone();
                    Box::pin(async move { take_up(c, school, &few).await })
                })
                .await?;
        }
    }
}

async fn fresh(c: &mut Conn<'_>, school: SchoolId) -> Result<Vec<Fresh>, Error> {
    fetch_all!(
        c,
        Fresh,
        "SELECT e.agreement_id, e.seq, e.hash FROM audit_event e WHERE e.school_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM audit_leaf l WHERE l.school_id = $1 AND l.agreement_id = e.agreement_id AND l.seq = e.seq) \
         ORDER BY e.at, e.agreement_id, e.seq LIMIT $2",
        school,
        BATCH
    )
}

async fn take_up(c: &mut Conn<'_>, school: SchoolId, events: &[Fresh]) -> Result<(), Error> {
    let first = size(c, school).await?;
    for (at, event) in events.iter().enumerate() {
        let position = first + at as u64;
        exec!(
            c,
            "INSERT INTO audit_leaf (school_id, position, agreement_id, seq) VALUES ($1, $2, $3, $4)",
            school,
            signed(position),
            event.agreement_id,
            event.seq
        )?;
        add(c, school, position, leaf(&event.hash)).await?;
    }
    Ok(())
}

/// Adds a leaf and every subtree that it completes.
async fn add(c: &mut Conn<'_>, school: SchoolId, position: u64, leaf: Node) -> Result<(), Error> {
    let (mut at, mut hash, mut level) = (position, leaf, 0);
    loop {
        exec!(
            c,
            "INSERT INTO audit_node (school_id, level, position, hash) VALUES ($1, $2, $3, $4)",
            school,
            level,
            signed(at),
            &hash[..]
        )?;
        if at % 2 == 0 {
            return Ok(());
        }
        hash = join(&node(c, school, level, at - 1).await?, &hash);
        level += 1;
        at >>= 1;
    }
}

async fn node(c: &mut Conn<'_>, school: SchoolId, level: i64, position: u64) -> Result<Node, Error> {
    let found = fetch_opt!(
        c,
        (Vec<u8>,),
        "SELECT hash FROM audit_node WHERE school_id = $1 AND level = $2 AND position = $3",
        school,
        level,
        signed(position)
    )?;
    found
        .and_then(|(hash,)| hash.try_into().ok())
        .ok_or_else(|| Error::Corrupt("the tree lacks a node".into()))
}

/// The perfect subtrees of the leaves `from..to`, which begin at a multiple of their size, largest first.
pub(crate) fn subtrees(mut from: u64, to: u64) -> Vec<(i64, u64)> {
    let mut found = Vec::new();
    while from < to {
        let level = 63 - (to - from).leading_zeros();
        found.push((i64::from(level), from >> level));
        from += 1 << level;
    }
    found
}

/// The root over the leaves `from..to` of a tree, as RFC 9162 splits it.
async fn range(c: &mut Conn<'_>, school: SchoolId, from: u64, to: u64) -> Result<Node, Error> {
    let mut hash: Option<Node> = None;
    for (level, position) in subtrees(from, to).into_iter().rev() {
        let left = node(c, school, level, position).await?;
        hash = Some(match hash {
            Some(right) => join(&left, &right),
            None => left,
        });
    }
    Ok(hash.unwrap_or_else(|| root_of(&[])))
}

/// The root of the first `size` leaves.
pub async fn root(c: &mut Conn<'_>, school: SchoolId, size: u64) -> Result<Node, Error> {
    range(c, school, 0, size).await
}

/// The proof that an event is among the first `size` leaves; nothing when it is not.
pub async fn proof(
    c: &mut Conn<'_>,
    school: SchoolId,
    event: (AgreementId, i64),
    size: u64,
) -> Result<Option<Proof>, Error> {
    let found = fetch_opt!(
        c,
        (i64,),
        "SELECT position FROM audit_leaf WHERE school_id = $1 AND agreement_id = $2 AND seq = $3",
        school,
        event.0,
        event.1
    )?;
    let Some(position) = found
        .map(|(position,)| unsigned(position))
        .filter(|at| *at < size)
    else {
        return Ok(None);
    };
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    // From the root down; the proof is read from the leaf up.
    while to - from > 1 {
        let middle = from + split(to - from);
        if position < middle {
            path.push(hex::encode(range(c, school, middle, to).await?));
            to = middle;
        } else {
            path.push(hex::encode(range(c, school, from, middle).await?));
            from = middle;
        }
    }
    path.reverse();
    Ok(Some(Proof { position, size, path }))
}

row! {
    /// A signed root.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Checkpoint {
        /// Number of leaves.
        pub size: i64,
        /// Their root.
        pub root: Vec<u8>,
        /// When.
        pub at: Timestamp,
        /// The text that is signed.
        pub statement: String,
        /// The signature.
        pub signature: Vec<u8>,
    }
}

/// The text of a checkpoint.
pub fn statement(school: SchoolId, size: u64, root: &Node, at: Timestamp) -> String {
    format!(
        "sanfang audit checkpoint 1\n{school}\n{size}\n{}\n{at}\n",
        hex::encode(root)
    )
}

/// Keeps a checkpoint; one of this size that is there already stays.
pub async fn put(c: &mut Conn<'_>, school: SchoolId, checkpoint: &Checkpoint) -> Result<(), Error> {
    exec!(
        c,
        "INSERT INTO audit_checkpoint (school_id, size, root, at, statement, signature) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (school_id, size) DO NOTHING",
        school,
        checkpoint.size,
        &checkpoint.root,
        checkpoint.at,
        &checkpoint.statement,
        &checkpoint.signature
    )?;
    Ok(())
}

/// The latest checkpoint.
pub async fn latest(c: &mut Conn<'_>, school: SchoolId) -> Result<Option<Checkpoint>, Error> {
    fetch_opt!(
        c,
        Checkpoint,
        "SELECT size, root, at, statement, signature FROM audit_checkpoint WHERE school_id = $1 \
         ORDER BY size DESC LIMIT 1",
        school
    )
}

/// Where the latest checkpoint of a school is kept outside the database.
fn beside(school: SchoolId) -> String {
    format!("checkpoints/{school}")
}

/// Keeps a checkpoint outside the database.
pub async fn publish(store: &Store, school: SchoolId, checkpoint: &Checkpoint) -> Result<(), Error> {
    let text = serde_json::to_string(checkpoint).map_err(|_| Error::Corrupt("checkpoint".into()))?;
    files::put_beside(store, &beside(school), &text).await
}

/// The checkpoint kept outside the database.
pub async fn published(store: &Store, school: SchoolId) -> Result<Option<Checkpoint>, Error> {
    let text = files::get_beside(store, &beside(school)).await?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| Error::Corrupt("checkpoint".into())))
        .transpose()
}

row! {
    struct Placed {
        position: i64,
        hash: Option<Vec<u8>>,
        node: Option<Vec<u8>>,
    }
}

/// What is wrong with the tree of a school: leaves whose event is gone or another one, a root that is not
/// that of the latest checkpoint, a database older than the checkpoint kept outside it. Whether the
/// checkpoints are signed is for whoever has the key.
pub async fn check(store: &Store, school: SchoolId) -> Result<Vec<String>, Error> {
    let mut wrong = Vec::new();
    // In the reverse of the order in which they are written, so that a tree that grows meanwhile holds whatever a
    // checkpoint speaks of.
    let outside = published(store, school).await?;
    let inside = store
        .read(move |c| Box::pin(async move { latest(c, school).await }))
        .await?;
    let leaves = leaves(store, school, &mut wrong).await?;
    let seen = leaves.len() as u64;
    let (fits, above) = store
        .read(move |c| {
            Box::pin(async move {
                let (grown,) = fetch_one!(
                    c,
                    (i64,),
                    "SELECT count(*) FROM audit_node WHERE school_id = $1 AND level = 0",
                    school
                )?;
                let above = match root(c, school, seen).await {
                    Err(Error::Corrupt(_)) => None,
                    other => Some(other?),
                };
                let fits = unsigned(grown) == size(c, school).await?;
                Ok((fits, above))
            })
        })
        .await?;
    if !fits || above != Some(root_of(&leaves)) {
        wrong.push("the tree is not that of its leaves".into());
    }
    let known = inside.as_ref().map_or(0, |checkpoint| checkpoint.size);
    if outside.as_ref().is_some_and(|checkpoint| checkpoint.size > known) {
        wrong.push("the database is older than the checkpoint kept outside it".into());
    }
    for checkpoint in inside.iter().chain(&outside) {
        let size = usize::try_from(checkpoint.size).unwrap_or(usize::MAX);
        let root = leaves.get(..size).map(root_of);
        let said = root.map(|root| statement(school, unsigned(checkpoint.size), &root, checkpoint.at));
        if root.is_none_or(|root| root[..] != checkpoint.root) || said.as_ref() != Some(&checkpoint.statement)
        {
            wrong.push(format!("the events are not those of the checkpoint over {size}"));
        }
    }
    Ok(wrong)
}

/// The leaves as the events give them.
async fn leaves(store: &Store, school: SchoolId, wrong: &mut Vec<String>) -> Result<Vec<Node>, Error> {
    let mut leaves = Vec::new();
    loop {
        let from = signed(leaves.len() as u64);
        let page = store
            .read(move |c| {
                Box::pin(async move {
                    fetch_all!(
                        c,
                        Placed,
                        "SELECT l.position, e.hash, n.hash AS node FROM audit_leaf l LEFT JOIN audit_event e \
                         ON e.school_id = l.school_id AND e.agreement_id = l.agreement_id AND e.seq = l.seq \
                         LEFT JOIN audit_node n ON n.school_id = l.school_id AND n.level = 0 \
                         AND n.position = l.position \
                         WHERE l.school_id = $1 AND l.position >= $2 ORDER BY l.position LIMIT $3",
                        school,
                        from,
                        BATCH
                    )
                })
            })
            .await?;
        if page.is_empty() {
            return Ok(leaves);
        }
        for placed in page {
            if placed.position != signed(leaves.len() as u64) {
                wrong.push(format!("leaf {} is missing", leaves.len()));
                return Ok(leaves);
            }
            if placed.hash.is_none() {
                wrong.push(format!("the event of leaf {} is gone", placed.position));
            }
            let hash = leaf(&placed.hash.unwrap_or_default());
            if placed.node.as_deref() != Some(&hash[..]) {
                wrong.push(format!("leaf {} is not that of its event", placed.position));
            }
            leaves.push(hash);
        }
    }
}

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u64) -> Vec<Node> {
        (0..count).map(|at| leaf(&at.to_be_bytes())).collect()
    }

    /// The path as the definition has it, over all leaves at once.
    fn path(position: usize, leaves: &[Node]) -> Vec<Node> {
        if leaves.len() <= 1 {
            return Vec::new();
        }
        let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
        let (mut path, beside) = if position < left.len() {
            (path(position, left), root_of(right))
        } else {
            (path(position - left.len(), right), root_of(left))
        };
        path.push(beside);
        path
    }

    #[test]
    fn a_proof_leads_to_the_root_and_to_no_other() {
        for size in 1..=40 {
            let leaves = leaves(size);
            let root = root_of(&leaves);
            for position in 0..size {
                let steps = path(usize::try_from(position).unwrap(), &leaves);
                let proof = Proof {
                    position,
                    size,
                    path: steps.iter().map(hex::encode).collect(),
                };
                assert!(
                    leads(&proof, &position.to_be_bytes(), &root),
                    "{position} of {size}"
                );
                assert!(!leads(&proof, &(position + 1).to_be_bytes(), &root));
                assert!(!leads(&proof, &position.to_be_bytes(), &root_of(&leaves[1..])));
                let moved = Proof {
                    size: size + 1,
                    ..proof.clone()
                };
                let elsewhere = Proof {
                    position: (position + 1) % size.max(2),
                    ..proof
                };
                assert!(size == 1 || !leads(&elsewhere, &position.to_be_bytes(), &root));
                let _ = moved;
            }
        }
    }

    #[test]
    fn the_subtrees_of_a_tree_join_to_its_root() {
        for size in 1..=40_u64 {
            let leaves = leaves(size);
            let mut hash: Option<Node> = None;
            for (level, position) in subtrees(0, size).into_iter().rev() {
                let from = usize::try_from(position << level).unwrap();
                let part = root_of(&leaves[from..from + (1 << level)]);
                hash = Some(hash.map_or(part, |right| join(&part, &right)));
            }
            assert_eq!(hash, Some(root_of(&leaves)), "{size}");
        }
    }
}
