-- Schools' own templates, their logo and seal, and files made of many documents.

-- Versions that were put in force; never rewritten. year 0 is all years. An agreement is made from the latest
-- version of its year, or else of all years, or else from the standard template, and keeps its clauses.
CREATE TABLE agreement_template (
  school_id BIGINT NOT NULL REFERENCES school (id),
  year BIGINT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  body TEXT NOT NULL,
  account_id UUID NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (school_id, year, version)
);

-- What is being written, wrong or right; version counts every save. The preview is of one of them.
CREATE TABLE template_draft (
  school_id BIGINT NOT NULL REFERENCES school (id),
  year BIGINT NOT NULL,
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  account_id UUID NOT NULL,
  updated_at BIGINT NOT NULL,
  preview_version BIGINT,
  preview_id UUID,
  preview_pages BIGINT,
  preview_error TEXT,
  PRIMARY KEY (school_id, year)
);

-- The latest row of a purpose counts; without a file the picture was taken away.
CREATE TABLE school_picture (
  school_id BIGINT NOT NULL REFERENCES school (id),
  id UUID NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('logo', 'seal')),
  file_id UUID,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  account_id UUID NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, file_id) REFERENCES file (school_id, id)
);
CREATE INDEX school_picture_of_file ON school_picture (school_id, file_id);
CREATE INDEX school_picture_latest ON school_picture (school_id, purpose, at DESC, id DESC);

-- A file made of many documents. Every try writes bytes of its own, under bytes_id. The row and the bytes go when
-- it expires.
CREATE TABLE bundle (
  school_id BIGINT NOT NULL REFERENCES school (id),
  id UUID NOT NULL,
  account_id UUID NOT NULL,
  owner TEXT NOT NULL,
  filter TEXT NOT NULL,
  form TEXT NOT NULL CHECK (form IN ('zip', 'pdf')),
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed')),
  bytes_id UUID,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  skipped BIGINT NOT NULL,
  missing TEXT NOT NULL,
  parts BIGINT NOT NULL,
  size BIGINT NOT NULL,
  error TEXT,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (school_id, id)
);
CREATE INDEX bundle_of_account ON bundle (school_id, account_id, created_at DESC, id DESC);
CREATE INDEX bundle_expiry ON bundle (expires_at);

-- Who asked for a bundle and who was given it; stays when the bundle is gone.
CREATE TABLE bundle_event (
  school_id BIGINT NOT NULL REFERENCES school (id),
  id UUID NOT NULL,
  bundle_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('asked', 'made', 'failed', 'given', 'removed')),
  account_id UUID,
  address TEXT NOT NULL,
  note TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (school_id, id)
);
CREATE INDEX bundle_event_of_bundle ON bundle_event (school_id, bundle_id, at);
