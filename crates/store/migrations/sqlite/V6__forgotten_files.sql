-- Files that nobody needs any more, and the indexes that find them.

-- Contents that no file names since at; their bytes are deleted an hour later. claimed_at: somebody is at it.
CREATE TABLE file_gone (
  school_id INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  at INTEGER NOT NULL,
  claimed_at INTEGER,
  PRIMARY KEY (school_id, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_gone_due ON file_gone (at);

-- What an account has sent and done nothing with.
CREATE INDEX upload_of_account ON upload (school_id, account_id, attached_at, id);
-- Who names a file.
CREATE INDEX upload_of_file ON upload (school_id, file_id);
CREATE INDEX document_of_file ON document (school_id, file_id);
