-- Schools' own templates, their logo and seal, and files made of many documents.

-- Versions that were put in force; never rewritten. year 0 is all years. An agreement is made from the latest
-- version of its year, or else of all years, or else from the standard template, and keeps its clauses.
CREATE TABLE agreement_template (
  school_id INTEGER NOT NULL REFERENCES school (id),
  year INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  body TEXT NOT NULL,
  account_id BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, year, version)
) STRICT;

-- What is being written, wrong or right; version counts every save. The preview is of one of them.
CREATE TABLE template_draft (
  school_id INTEGER NOT NULL REFERENCES school (id),
  year INTEGER NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  account_id BLOB NOT NULL,
  updated_at INTEGER NOT NULL,
  preview_version INTEGER,
  preview_id BLOB,
  preview_pages INTEGER,
  preview_error TEXT,
  PRIMARY KEY (school_id, year)
) STRICT;

-- The latest row of a purpose counts; without a file the picture was taken away.
CREATE TABLE school_picture (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('logo', 'seal')),
  file_id BLOB,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  account_id BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, file_id) REFERENCES file (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX school_picture_of_file ON school_picture (school_id, file_id);
CREATE INDEX school_picture_latest ON school_picture (school_id, purpose, at DESC, id DESC);

-- A file made of many documents. Every try writes bytes of its own, under bytes_id. The row and the bytes go when
-- it expires.
CREATE TABLE bundle (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  owner TEXT NOT NULL,
  filter TEXT NOT NULL,
  form TEXT NOT NULL CHECK (form IN ('zip', 'pdf')),
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed')),
  bytes_id BLOB,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  missing TEXT NOT NULL,
  parts INTEGER NOT NULL,
  size INTEGER NOT NULL,
  error TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT;
CREATE INDEX bundle_of_account ON bundle (school_id, account_id, created_at DESC, id DESC);
CREATE INDEX bundle_expiry ON bundle (expires_at);

-- Who asked for a bundle and who was given it; stays when the bundle is gone.
CREATE TABLE bundle_event (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  bundle_id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('asked', 'made', 'failed', 'given', 'removed')),
  account_id BLOB,
  address TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_event_of_bundle ON bundle_event (school_id, bundle_id, at);
