-- The first schema. The two folders hold the same text but for type names (a test compares them):
-- here INTEGER, BLOB, BLOB and STRICT tables; in PostgreSQL BIGINT, UUID, BYTEA and byte-wise collation.
-- WITHOUT ROWID where rows are small: one tree instead of two.
--
-- school_id comes first in every primary key, unique index and foreign key of a school's tables, so that
-- the schools can be spread over servers. school_id 0 is "no school": accounts and sessions of employers
-- and of the platform. Times are microseconds UTC. Booleans are 0 and 1. JSON is text.
-- Every unique rule but a primary key is a named index: its name is what the code sees when it refuses.

-- Reference data: the same for all schools.

CREATE TABLE school (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id > 0),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  short_name TEXT NOT NULL,
  contact TEXT NOT NULL,
  phone TEXT NOT NULL,
  address TEXT NOT NULL,
  postcode TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX school_code ON school (code);

CREATE TABLE employer (
  id BLOB NOT NULL PRIMARY KEY,
  uscc TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  nature TEXT NOT NULL,
  industry TEXT NOT NULL,
  scale TEXT NOT NULL,
  region TEXT NOT NULL,
  address TEXT NOT NULL,
  postcode TEXT NOT NULL,
  legal_person TEXT NOT NULL,
  contact TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  has_personnel_authority INTEGER NOT NULL CHECK (has_personnel_authority IN (0, 1)),
  certification TEXT NOT NULL CHECK (certification IN ('pending', 'approved', 'returned')),
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX employer_uscc ON employer (uscc);

-- A school's own data.

CREATE TABLE graduation_year (
  school_id INTEGER NOT NULL REFERENCES school (id),
  year INTEGER NOT NULL,
  PRIMARY KEY (school_id, year)
) STRICT, WITHOUT ROWID;

-- year 0 holds what counts for all years.
CREATE TABLE school_param (
  school_id INTEGER NOT NULL REFERENCES school (id),
  year INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_by BLOB,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, year, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE college (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX college_name ON college (school_id, name);

CREATE TABLE employer_entry (
  school_id INTEGER NOT NULL REFERENCES school (id),
  employer_id BLOB NOT NULL REFERENCES employer (id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'returned')),
  reason TEXT,
  decided_at INTEGER,
  PRIMARY KEY (school_id, employer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX employer_entry_schools ON employer_entry (employer_id, school_id);

-- id_no and phone are sealed; id_no_index finds a number by equality (see sealed.rs).
CREATE TABLE student (
  school_id INTEGER NOT NULL REFERENCES school (id),
  id BLOB NOT NULL,
  year INTEGER NOT NULL,
  college_id BLOB NOT NULL,
  student_no TEXT NOT NULL,
  exam_no TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  name_initials TEXT NOT NULL,
  gender TEXT NOT NULL,
  degree TEXT NOT NULL,
  major TEXT NOT NULL,
  class_name TEXT NOT NULL,
  training_mode TEXT NOT NULL,
  id_no_sealed BLOB,
  id_no_index BLOB,
  phone_sealed BLOB,
  source_status TEXT NOT NULL CHECK (source_status IN ('imported', 'approved', 'returned')),
  source_decided_at INTEGER,
  source_reason TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, college_id) REFERENCES college (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX student_no ON student (school_id, year, student_no);
CREATE UNIQUE INDEX student_id_no ON student (school_id, year, id_no_index) WHERE id_no_index IS NOT NULL;
-- Covers the search for students to whom an offer can be made: names, numbers and filters are read from
-- the index alone, the rows of one page by key.
CREATE INDEX student_search ON student
  (school_id, year, name_key, id, name_initials, student_no, college_id, degree, training_mode, source_status);
CREATE INDEX student_source ON student (school_id, year, college_id, source_status, student_no, id);

CREATE TABLE resume (
  school_id INTEGER NOT NULL,
  student_id BLOB NOT NULL,
  body TEXT NOT NULL,
  visible INTEGER NOT NULL CHECK (visible IN (0, 1)),
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, student_id),
  FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id)
) STRICT;

CREATE TABLE application (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  student_id BLOB NOT NULL,
  employer_id BLOB NOT NULL REFERENCES employer (id),
  position TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX application_latest ON application (school_id, employer_id, at DESC, id);
CREATE INDEX application_student ON application (school_id, student_id, employer_id);

-- People who log in.

CREATE TABLE account (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('employer', 'student', 'college', 'school', 'platform')),
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  employer_id BLOB REFERENCES employer (id),
  student_id BLOB,
  password_hash TEXT,
  password_set_at INTEGER,
  password_history TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
  failures INTEGER NOT NULL CHECK (failures >= 0),
  locked_until INTEGER,
  activation_hash BLOB,
  activation_expires_at INTEGER,
  locale TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id),
  CHECK ((role IN ('employer', 'platform')) = (school_id = 0)),
  CHECK ((role = 'employer') = (employer_id IS NOT NULL)),
  CHECK ((role = 'student') = (student_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_login ON account (school_id, login);
CREATE UNIQUE INDEX account_activation ON account (school_id, activation_hash) WHERE activation_hash IS NOT NULL;
CREATE UNIQUE INDEX account_student ON account (school_id, student_id) WHERE student_id IS NOT NULL;
CREATE INDEX account_employer ON account (school_id, employer_id) WHERE employer_id IS NOT NULL;

CREATE TABLE account_college (
  school_id INTEGER NOT NULL,
  account_id BLOB NOT NULL,
  college_id BLOB NOT NULL,
  PRIMARY KEY (school_id, account_id, college_id),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id),
  FOREIGN KEY (school_id, college_id) REFERENCES college (school_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  school_id INTEGER NOT NULL,
  token_hash BLOB NOT NULL,
  account_id BLOB NOT NULL,
  csrf BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  reauth_at INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, token_hash),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (school_id, account_id);
CREATE INDEX session_expiry ON session (expires_at);

-- A captcha that was answered, rightly or wrongly, is deleted.
CREATE TABLE captcha (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  answer_hash BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX captcha_expiry ON captcha (expires_at);

CREATE TABLE throttle (
  school_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  window_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (school_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_window ON throttle (window_at);

-- Agreements.

CREATE TABLE agreement (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  year INTEGER NOT NULL,
  student_id BLOB NOT NULL,
  employer_id BLOB NOT NULL REFERENCES employer (id),
  college_id BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'offered', 'withdrawn', 'declined', 'expired', 'returned',
    'college_review', 'school_review', 'effective', 'terminating', 'terminated', 'superseded', 'voided')),
  version INTEGER NOT NULL,
  content_version INTEGER NOT NULL,
  facts TEXT NOT NULL,
  content_hash BLOB NOT NULL,
  deadline_at INTEGER,
  number TEXT,
  position TEXT NOT NULL,
  place TEXT NOT NULL,
  pay INTEGER NOT NULL,
  audit_seq INTEGER NOT NULL,
  audit_hash BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  state_since INTEGER NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id),
  FOREIGN KEY (school_id, college_id) REFERENCES college (school_id, id),
  CHECK (state <> 'offered' OR deadline_at IS NOT NULL),
  CHECK (state NOT IN ('effective', 'terminating', 'terminated') OR number IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX agreement_one_live ON agreement (school_id, student_id)
  WHERE state IN ('college_review', 'school_review', 'effective', 'terminating');
CREATE UNIQUE INDEX agreement_one_offered ON agreement (school_id, employer_id, student_id) WHERE state = 'offered';
CREATE UNIQUE INDEX agreement_number ON agreement (school_id, number) WHERE number IS NOT NULL;
CREATE INDEX agreement_of_employer ON agreement (school_id, employer_id, year, state, updated_at DESC, id);
CREATE INDEX agreement_of_college ON agreement (school_id, college_id, state, state_since, id);
CREATE INDEX agreement_of_school ON agreement (school_id, state, state_since, id);
CREATE INDEX agreement_of_student ON agreement (school_id, student_id, updated_at);
CREATE INDEX agreement_due ON agreement (deadline_at) WHERE state = 'offered';

CREATE TABLE content_version (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  content_version INTEGER NOT NULL,
  template TEXT NOT NULL,
  terms TEXT NOT NULL,
  clauses TEXT NOT NULL,
  content_hash BLOB NOT NULL,
  account_id BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, agreement_id, content_version),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
) STRICT;

-- One row holds all ticks that a party gave for one content version: clause, hash, actor, time, address, client.
CREATE TABLE consent (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  party TEXT NOT NULL CHECK (party IN ('employer', 'student')),
  content_version INTEGER NOT NULL,
  ticks TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, agreement_id, party, content_version),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
) STRICT;

CREATE TABLE audit_event (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  account_id BLOB,
  payload TEXT NOT NULL,
  note TEXT,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, agreement_id, seq),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
) STRICT, WITHOUT ROWID;

-- What the agreement says of the parties, frozen when the student accepts; numbers of persons stay sealed
-- with the student.
CREATE TABLE party_snapshot (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, agreement_id),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
) STRICT;

CREATE TABLE number_sequence (
  school_id INTEGER NOT NULL,
  year INTEGER NOT NULL,
  level INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (school_id, year, level)
) STRICT, WITHOUT ROWID;

-- Messages and work.

CREATE TABLE inbox (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('employer', 'student', 'college', 'school')),
  audience_id BLOB NOT NULL,
  event TEXT NOT NULL,
  agreement_id BLOB,
  params TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_latest ON inbox (school_id, audience, audience_id, at DESC, id DESC);

CREATE TABLE inbox_seen (
  school_id INTEGER NOT NULL,
  account_id BLOB NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  topic TEXT NOT NULL,
  payload TEXT NOT NULL,
  dedupe TEXT,
  available_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  leased_until INTEGER,
  done_at INTEGER,
  dead_at INTEGER,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_dedupe ON outbox (school_id, dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX outbox_due ON outbox (available_at) WHERE done_at IS NULL AND dead_at IS NULL;

-- Files.

CREATE TABLE file (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX file_content ON file (school_id, sha256, media_type);

CREATE TABLE document (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  rendition TEXT NOT NULL,
  version INTEGER NOT NULL,
  file_id BLOB,
  pages INTEGER NOT NULL,
  missing_glyphs TEXT NOT NULL,
  error TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, agreement_id, rendition),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id),
  FOREIGN KEY (school_id, file_id) REFERENCES file (school_id, id)
) STRICT, WITHOUT ROWID;
