-- Seals, the certificates that were issued for them, and the tree over the audit trail.

-- One row for each agreement that took effect. `prepared_file_id` holds the exact bytes that are signed, kept
-- before they are; `file_id` what came of it, once and for ever. `evidence` holds the records of consent whose
-- hashes the certificates name.
CREATE TABLE seal (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  prepared_file_id BLOB NOT NULL,
  ordered TEXT NOT NULL,
  evidence TEXT NOT NULL,
  file_id BLOB,
  sha256 BLOB,
  signatures TEXT,
  failures INTEGER NOT NULL,
  error TEXT,
  created_at INTEGER NOT NULL,
  sealed_at INTEGER,
  PRIMARY KEY (school_id, agreement_id),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id),
  FOREIGN KEY (school_id, prepared_file_id) REFERENCES file (school_id, id),
  FOREIGN KEY (school_id, file_id) REFERENCES file (school_id, id),
  CHECK ((file_id IS NULL) = (sha256 IS NULL) AND (file_id IS NULL) = (sealed_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX seal_sha256 ON seal (school_id, sha256) WHERE sha256 IS NOT NULL;
-- A file that somebody brings is looked for at all schools.
CREATE INDEX seal_file ON seal (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX seal_waiting ON seal (created_at) WHERE file_id IS NULL;

CREATE TABLE certificate (
  school_id INTEGER NOT NULL,
  serial BLOB NOT NULL,
  agreement_id BLOB,
  signer TEXT NOT NULL CHECK (signer IN ('employer', 'student', 'college', 'school')),
  der BLOB NOT NULL,
  issued_at INTEGER NOT NULL,
  revoked_at INTEGER,
  reason TEXT,
  PRIMARY KEY (school_id, serial)
) STRICT;
CREATE INDEX certificate_agreement ON certificate (school_id, agreement_id);
CREATE INDEX certificate_revoked ON certificate (revoked_at) WHERE revoked_at IS NOT NULL;

-- The tree over all events of a school (RFC 9162): leaves in the order in which they were taken up, and the
-- perfect subtrees over them.
CREATE TABLE audit_leaf (
  school_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (school_id, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX audit_leaf_event ON audit_leaf (school_id, agreement_id, seq);

CREATE TABLE audit_node (
  school_id INTEGER NOT NULL,
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (school_id, level, position)
) STRICT, WITHOUT ROWID;

-- The root of the tree at one moment, signed with the key of the issuing authority.
CREATE TABLE audit_checkpoint (
  school_id INTEGER NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  at INTEGER NOT NULL,
  statement TEXT NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (school_id, size)
) STRICT;
