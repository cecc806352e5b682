-- Seals, the certificates that were issued for them, and the tree over the audit trail.

-- One row for each agreement that took effect. `prepared_file_id` holds the exact bytes that are signed, kept
-- before they are; `file_id` what came of it, once and for ever. `evidence` holds the records of consent whose
-- hashes the certificates name.
CREATE TABLE seal (
  school_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  prepared_file_id UUID NOT NULL,
  ordered TEXT NOT NULL,
  evidence TEXT NOT NULL,
  file_id UUID,
  sha256 BYTEA,
  signatures TEXT,
  failures BIGINT NOT NULL,
  error TEXT,
  created_at BIGINT NOT NULL,
  sealed_at BIGINT,
  PRIMARY KEY (school_id, agreement_id),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id),
  FOREIGN KEY (school_id, prepared_file_id) REFERENCES file (school_id, id),
  FOREIGN KEY (school_id, file_id) REFERENCES file (school_id, id),
  CHECK ((file_id IS NULL) = (sha256 IS NULL) AND (file_id IS NULL) = (sealed_at IS NULL))
);
CREATE UNIQUE INDEX seal_sha256 ON seal (school_id, sha256) WHERE sha256 IS NOT NULL;
-- A file that somebody brings is looked for at all schools.
CREATE INDEX seal_file ON seal (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX seal_waiting ON seal (created_at) WHERE file_id IS NULL;

CREATE TABLE certificate (
  school_id BIGINT NOT NULL,
  serial BYTEA NOT NULL,
  agreement_id UUID,
  signer TEXT NOT NULL CHECK (signer IN ('employer', 'student', 'college', 'school')),
  der BYTEA NOT NULL,
  issued_at BIGINT NOT NULL,
  revoked_at BIGINT,
  reason TEXT,
  PRIMARY KEY (school_id, serial)
);
CREATE INDEX certificate_agreement ON certificate (school_id, agreement_id);
CREATE INDEX certificate_revoked ON certificate (revoked_at) WHERE revoked_at IS NOT NULL;

-- The tree over all events of a school (RFC 9162): leaves in the order in which they were taken up, and the
-- perfect subtrees over them.
CREATE TABLE audit_leaf (
  school_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (school_id, position)
);
CREATE UNIQUE INDEX audit_leaf_event ON audit_leaf (school_id, agreement_id, seq);

CREATE TABLE audit_node (
  school_id BIGINT NOT NULL,
  level BIGINT NOT NULL,
  position BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (school_id, level, position)
);

-- The root of the tree at one moment, signed with the key of the issuing authority.
CREATE TABLE audit_checkpoint (
  school_id BIGINT NOT NULL,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL,
  at BIGINT NOT NULL,
  statement TEXT NOT NULL,
  signature BYTEA NOT NULL,
  PRIMARY KEY (school_id, size)
);
