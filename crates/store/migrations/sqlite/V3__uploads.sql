-- Files that people send, who read them, and where acts came from.

-- file_id is missing while a letter is being made. An upload counts once it is attached; until then only
-- whoever sent it sees it.
CREATE TABLE upload (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  agreement_id BLOB,
  purpose TEXT NOT NULL CHECK (purpose IN ('letter', 'scan')),
  origin TEXT NOT NULL CHECK (origin IN ('sent', 'made')),
  file_id BLOB,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  body TEXT,
  error TEXT,
  account_id BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  attached_at INTEGER,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id),
  FOREIGN KEY (school_id, file_id) REFERENCES file (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_of_agreement ON upload (school_id, agreement_id, attached_at);
CREATE INDEX upload_loose ON upload (created_at) WHERE attached_at IS NULL;

-- One row for every time that somebody was given a file.
CREATE TABLE file_read (
  school_id INTEGER NOT NULL,
  id BLOB NOT NULL,
  upload_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, upload_id) REFERENCES upload (school_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_read_of_upload ON file_read (school_id, upload_id, at);

-- Where an act came from, and what proved who acted. Beside the chain, so that it can be deleted.
CREATE TABLE act_origin (
  school_id INTEGER NOT NULL,
  agreement_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  address TEXT NOT NULL,
  client TEXT NOT NULL,
  second_factor TEXT,
  PRIMARY KEY (school_id, agreement_id, seq),
  FOREIGN KEY (school_id, agreement_id) REFERENCES agreement (school_id, id)
) STRICT, WITHOUT ROWID;
