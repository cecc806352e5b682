-- What the first releases of the tables below did not have: mail has a lane of its own, certificates of employers are
-- uploads, and of a sealed document one file is kept.

-- So that a slow mail server holds up nothing else.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (available_at)
  WHERE done_at IS NULL AND dead_at IS NULL AND topic <> 'mail.send';
CREATE INDEX outbox_mail_due ON outbox (available_at)
  WHERE done_at IS NULL AND dead_at IS NULL AND topic = 'mail.send';

-- SQLite cannot change a rule of a column: the rows are put aside, and what refers to them with them.
CREATE TEMP TABLE upload_before AS SELECT * FROM upload;
CREATE TEMP TABLE file_read_before AS SELECT * FROM file_read;
DROP TABLE file_read;
DROP TABLE upload;

-- file_id is missing while a letter is being made. An upload counts once it is attached; until then only
-- whoever sent it sees it.
CREATE TABLE upload (
  school_id BIGINT NOT NULL,
  id UUID NOT NULL,
  agreement_id UUID,
  purpose TEXT NOT NULL CHECK (purpose IN ('letter', 'scan', 'licence')),
  origin TEXT NOT NULL CHECK (origin IN ('sent', 'made')),
  file_id UUID,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  pages BIGINT NOT NULL,
  body TEXT,
  error TEXT,
  account_id UUID NOT NULL,
  created_at BIGINT NOT NULL,
  attached_at BIGINT,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id),
  FOREIGN KEY (school_id, file_id) REFERENCES file (school_id, id)
);
CREATE INDEX upload_of_agreement ON upload (school_id, agreement_id, attached_at);
CREATE INDEX upload_loose ON upload (created_at) WHERE attached_at IS NULL;
-- What an account has sent and done nothing with.
CREATE INDEX upload_of_account ON upload (school_id, account_id, attached_at, id);
-- Who names a file.
CREATE INDEX upload_of_file ON upload (school_id, file_id);
INSERT INTO upload (school_id, id, agreement_id, purpose, origin, file_id, name, size, pages, body, error, account_id,
  created_at, attached_at)
  SELECT school_id, id, agreement_id, purpose, origin, file_id, name, size, pages, body, error, account_id,
    created_at, attached_at
  FROM upload_before;
DROP TABLE upload_before;

-- One row for every time that somebody was given a file.
CREATE TABLE file_read (
  school_id BIGINT NOT NULL,
  id UUID NOT NULL,
  upload_id UUID NOT NULL,
  account_id UUID NOT NULL,
  address TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, upload_id) REFERENCES upload (school_id, id)
);
CREATE INDEX file_read_of_upload ON file_read (school_id, upload_id, at);
INSERT INTO file_read (school_id, id, upload_id, account_id, address, at)
  SELECT school_id, id, upload_id, account_id, address, at FROM file_read_before;
DROP TABLE file_read_before;

CREATE TEMP TABLE seal_before AS SELECT * FROM seal;
DROP TABLE seal;

-- One row for each agreement that took effect. `prepared_file_id` holds the exact bytes that are signed, kept
-- before they are, until `file_id` holds what came of it, once and for ever, and begins with them. `evidence` holds
-- the records of consent whose hashes the certificates name.
CREATE TABLE seal (
  school_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  prepared_file_id UUID,
  prepared_sha256 BYTEA NOT NULL,
  prepared_size BIGINT NOT NULL,
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
  CHECK ((file_id IS NULL) = (sha256 IS NULL) AND (file_id IS NULL) = (sealed_at IS NULL)),
  CHECK (prepared_file_id IS NOT NULL OR file_id IS NOT NULL)
);
CREATE UNIQUE INDEX seal_sha256 ON seal (school_id, sha256) WHERE sha256 IS NOT NULL;
-- A file that somebody brings is looked for at all schools.
CREATE INDEX seal_file ON seal (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX seal_waiting ON seal (created_at) WHERE file_id IS NULL;
INSERT INTO seal (school_id, agreement_id, prepared_file_id, prepared_sha256, prepared_size, ordered, evidence,
  file_id, sha256, signatures, failures, error, created_at, sealed_at)
  SELECT b.school_id, b.agreement_id, b.prepared_file_id, f.sha256, f.size, b.ordered, b.evidence,
    b.file_id, b.sha256, b.signatures, b.failures, b.error, b.created_at, b.sealed_at
  FROM seal_before b JOIN file f ON f.school_id = b.school_id AND f.id = b.prepared_file_id;
DROP TABLE seal_before;

-- One row for every time that somebody was given the evidence of an agreement.
CREATE TABLE evidence_read (
  school_id BIGINT NOT NULL,
  id UUID NOT NULL,
  agreement_id UUID NOT NULL,
  account_id UUID NOT NULL,
  address TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
);
CREATE INDEX evidence_read_of_agreement ON evidence_read (school_id, agreement_id, at);
