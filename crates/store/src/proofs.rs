//! The proofs that the events of one agreement are in the tree of their school: all of them in three statements,
//! whatever the size of the tree.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{AgreementId, SchoolId};
use sea_query::{Alias, Cond, Expr, ExprTrait, PostgresQueryBuilder, Query};

use crate::db::{Conn, Error, from_sea_query};
use crate::tree::{self, Node, Proof};
use crate::{fetch_all, fetch_all_dyn, row};

row! {
    struct Leaf {
        seq: i64,
        position: i64,
    }
}

row! {
    struct Stored {
        level: i64,
        position: i64,
        hash: Vec<u8>,
    }
}

/// A perfect subtree: level and position.
type Spot = (i64, u64);

/// The ranges beside the way from a leaf to the root, the lowest first, each as perfect subtrees from left to right.
fn beside(position: u64, size: u64) -> Vec<Vec<Spot>> {
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    while to - from > 1 {
        let middle = from + tree::split(to - from);
        if position < middle {
            path.push(tree::subtrees(middle, to));
            to = middle;
        } else {
            path.push(tree::subtrees(from, middle));
            from = middle;
        }
    }
    path.reverse();
    path
}

/// The proofs of all events of an agreement that are among the first `size` leaves, by their place in its chain.
pub async fn of_agreement(
    c: &mut Conn<'_>,
    school: SchoolId,
    id: AgreementId,
    size: u64,
) -> Result<BTreeMap<i64, Proof>, Error> {
    let leaves = fetch_all!(
        c,
        Leaf,
        "SELECT seq, position FROM audit_leaf WHERE school_id = $1 AND agreement_id = $2 AND position < $3 ORDER BY seq",
        school,
        id,
        tree::signed(size)
    )?;
    let ways: Vec<(i64, u64, Vec<Vec<Spot>>)> = leaves
        .into_iter()
        .map(|leaf| (leaf.seq, tree::unsigned(leaf.position)))
        .map(|(seq, position)| (seq, position, beside(position, size)))
        .collect();
    let wanted: BTreeSet<Spot> = ways
        .iter()
        .flat_map(|(.., way)| way.iter().flatten().copied())
        .collect();
    let nodes = nodes(c, school, &wanted).await?;
    let proof = |(seq, position, way): (i64, u64, Vec<Vec<Spot>>)| {
        let path = way.iter().map(|range| Ok(hex::encode(fold(range, &nodes)?)));
        let path = path.collect::<Result<Vec<_>, Error>>()?;
        Ok((seq, Proof { position, size, path }))
    };
    ways.into_iter().map(proof).collect()
}

/// The hash over subtrees that lie side by side.
fn fold(range: &[Spot], nodes: &BTreeMap<Spot, Node>) -> Result<Node, Error> {
    let mut hash: Option<Node> = None;
    for spot in range.iter().rev() {
        let left = nodes
            .get(spot)
            .ok_or_else(|| Error::Corrupt("the tree lacks a node".into()))?;
        hash = Some(hash.map_or(*left, |right| tree::join(left, &right)));
    }
    hash.ok_or_else(|| Error::Corrupt("an empty range of the tree".into()))
}

async fn nodes(
    c: &mut Conn<'_>,
    school: SchoolId,
    wanted: &BTreeSet<Spot>,
) -> Result<BTreeMap<Spot, Node>, Error> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut levels: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (level, position) in wanted {
        levels.entry(*level).or_default().push(tree::signed(*position));
    }
    let mut any = Cond::any();
    for (level, positions) in levels {
        any = any.add(
            Expr::col(Alias::new("level"))
                .eq(level)
                .and(Expr::col(Alias::new("position")).is_in(positions)),
        );
    }
    let mut query = Query::select();
    for name in ["level", "position", "hash"] {
        query.column(Alias::new(name));
    }
    query
        .from(Alias::new("audit_node"))
        .and_where(Expr::col(Alias::new("school_id")).eq(school.0))
        .cond_where(any);
    let (sql, values) = query.build(PostgresQueryBuilder);
    let rows = fetch_all_dyn!(c, Stored, &sql, &from_sea_query(values)?)?;
    let node = |row: Stored| {
        let hash = row
            .hash
            .try_into()
            .map_err(|_| Error::Corrupt("a node of the tree".into()))?;
        Ok(((row.level, tree::unsigned(row.position)), hash))
    };
    rows.into_iter().map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{leads, leaf, root_of};

    #[test]
    fn every_leaf_of_every_size_leads_to_the_root() {
        for size in 1..=40_u64 {
            let leaves: Vec<Node> = (0..size).map(|at| leaf(&at.to_be_bytes())).collect();
            let node = |(level, position): Spot| {
                let width = 1_usize << level;
                let from = usize::try_from(position).unwrap() * width;
                root_of(&leaves[from..from + width])
            };
            for position in 0..size {
                let way = beside(position, size);
                let nodes = way.iter().flatten().map(|spot| (*spot, node(*spot))).collect();
                let path = way
                    .iter()
                    .map(|range| hex::encode(fold(range, &nodes).unwrap()))
                    .collect();
                let proof = Proof { position, size, path };
                assert!(
                    leads(&proof, &position.to_be_bytes(), &root_of(&leaves)),
                    "{position} of {size}"
                );
            }
        }
    }
}
