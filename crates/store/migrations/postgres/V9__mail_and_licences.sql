-- Addresses for mail, codes that are sent to them, and the certificates of employers.

-- An address that counts: a code that was sent to it came back. Sealed, as personal numbers are.
CREATE TABLE account_mail (
  school_id BIGINT NOT NULL,
  account_id UUID NOT NULL,
  address_sealed BYTEA NOT NULL,
  confirmed_at BIGINT NOT NULL,
  PRIMARY KEY (school_id, account_id),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id)
);

-- One row for every time that the address of an account changed: 'confirmed', or 'forgotten' by whoever runs the
-- installation.
CREATE TABLE account_mail_event (
  school_id BIGINT NOT NULL,
  id UUID NOT NULL,
  account_id UUID NOT NULL,
  what TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id)
);
CREATE INDEX account_mail_event_of_account ON account_mail_event (school_id, account_id, at);

-- A code that was sent and not used yet, one for each account and purpose; only its keyed hash is kept.
-- address_sealed is where it was sent, sealed for account_mail.
CREATE TABLE passcode (
  school_id BIGINT NOT NULL,
  account_id UUID NOT NULL,
  purpose TEXT NOT NULL,
  hash BYTEA NOT NULL,
  address_sealed BYTEA NOT NULL,
  tries BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (school_id, account_id, purpose),
  FOREIGN KEY (school_id, account_id) REFERENCES account (school_id, id)
);
CREATE INDEX passcode_expiry ON passcode (expires_at);

-- 营业执照 of an employer. school_id is 0: it belongs to no school. Rows are never rewritten; the latest one counts.
-- Days as year-month-day; without an end it is good for ever.
CREATE TABLE employer_licence (
  school_id BIGINT NOT NULL CHECK (school_id = 0),
  employer_id UUID NOT NULL REFERENCES employer (id),
  id UUID NOT NULL,
  number TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  upload_id UUID NOT NULL,
  account_id UUID NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (school_id, employer_id, id),
  FOREIGN KEY (school_id, upload_id) REFERENCES upload (school_id, id)
);
CREATE INDEX employer_licence_of_upload ON employer_licence (school_id, upload_id);

-- Which certificate a reviewer had before them: one row for a decision, none where there was no certificate.
CREATE TABLE act_licence (
  school_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  seq BIGINT NOT NULL,
  licence_id UUID NOT NULL,
  PRIMARY KEY (school_id, agreement_id, seq),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
);
