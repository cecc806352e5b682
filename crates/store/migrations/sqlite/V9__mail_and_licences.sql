-- Addresses for mail, codes that are sent to them, and the certificates of employers.

-- An address that counts: a code that was sent to it came back. Sealed, as personal numbers are.
CREATE TABLE account_mail (
  school_id INTEGER NOT NULL,
  account_id BLOB NOT NULL,
  address_sealed BLOB NOT NULL,
  confirmed_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, account_id),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id)
) STRICT, WITHOUT ROWID;

-- One row for every time that the address of an account changed: 'confirmed', or 'forgotten' by whoever runs the
-- installation.
CREATE TABLE account_mail_event (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  what TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_mail_event_of_account ON account_mail_event (school_id, account_id, at);

-- A code that was sent and not used yet, one for each account and purpose; only its keyed hash is kept.
-- address_sealed is where it was sent, sealed for account_mail.
CREATE TABLE passcode (
  school_id INTEGER NOT NULL,
  account_id BLOB NOT NULL,
  purpose TEXT NOT NULL,
  hash BLOB NOT NULL,
  address_sealed BLOB NOT NULL,
  tries INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (school_id, account_id, purpose),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX passcode_expiry ON passcode (expires_at);

-- 营业执照 of an employer. school_id is 0: it belongs to no school. Rows are never rewritten; the latest one counts.
-- Days as year-month-day; without an end it is good for ever.
CREATE TABLE employer_licence (
  school_id INTEGER NOT NULL CHECK (school_id = 0),
  employer_id BLOB NOT NULL REFERENCES employer (id),
  id BLOB NOT NULL,
  number TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  upload_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, employer_id, id),
  FOREIGN KEY (school_id, upload_id) REFERENCES upload (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX employer_licence_of_upload ON employer_licence (school_id, upload_id);

-- Which certificate a reviewer had before them: one row for a decision, none where there was no certificate.
CREATE TABLE act_licence (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  licence_id BLOB NOT NULL,
  PRIMARY KEY (school_id, agreement_id, seq),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
) STRICT, WITHOUT ROWID;
