-- Who changed a parameter, offers in batches, and indexes for lists and for the worker.

-- One row for every change of a parameter, never rewritten. Values as stored in school_param; NULL is "as it
-- is for all years" or, for all years, the default. year 0 is all years.
CREATE TABLE school_param_change (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  year INTEGER NOT NULL,
  key TEXT NOT NULL,
  old_value TEXT,
  new_value TEXT,
  account_id BLOB,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX school_param_change_latest ON school_param_change (school_id, at DESC, id DESC);

-- What an employer offers again and again: a form filled in beforehand.
CREATE TABLE offer_template (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  employer_id BLOB NOT NULL REFERENCES employer (id),
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  account_id BLOB NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT;
CREATE UNIQUE INDEX offer_template_name ON offer_template (school_id, employer_id, name);

-- Offers from one sheet: checked as a whole, then sent one by one, each whole or not at all.
CREATE TABLE offer_batch (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  employer_id BLOB NOT NULL REFERENCES employer (id),
  year INTEGER NOT NULL,
  account_id BLOB NOT NULL,
  file_name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('checked', 'running', 'done')),
  total INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  reply_days INTEGER,
  evidence TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (school_id, id),
  CHECK (status = 'checked' OR (started_at IS NOT NULL AND evidence IS NOT NULL AND bad = 0))
) STRICT;
CREATE INDEX offer_batch_latest ON offer_batch (school_id, employer_id, year, created_at DESC, id DESC);

CREATE TABLE offer_batch_row (
  school_id INTEGER NOT NULL,
  batch_id BLOB NOT NULL,
  line INTEGER NOT NULL,
  student_no TEXT NOT NULL,
  student_name TEXT NOT NULL,
  student_id BLOB,
  agreement_id BLOB NOT NULL,
  terms TEXT,
  problems TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('bad', 'ready', 'sent', 'refused')),
  refusal TEXT,
  PRIMARY KEY (school_id, batch_id, line),
  FOREIGN KEY (school_id, batch_id) REFERENCES offer_batch (school_id, id),
  CHECK (status = 'bad' OR (student_id IS NOT NULL AND terms IS NOT NULL))
) STRICT;
CREATE INDEX offer_batch_row_status ON offer_batch_row (school_id, batch_id, status, line);

-- The majors of a year for the filters of lists, and the students of one.
CREATE INDEX student_major ON student (school_id, year, major, id);

-- What was done or given up, for tidying and for staff.
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (dead_at DESC) WHERE dead_at IS NOT NULL;
