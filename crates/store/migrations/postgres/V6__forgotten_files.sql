-- Files that nobody needs any more, and the indexes that find them.

-- Contents that no file names since at; their bytes are deleted an hour later. claimed_at: somebody is at it.
CREATE TABLE file_gone (
  school_id BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  at BIGINT NOT NULL,
  claimed_at BIGINT,
  PRIMARY KEY (school_id, sha256)
);
CREATE INDEX file_gone_due ON file_gone (at);

-- What an account has sent and done nothing with.
CREATE INDEX upload_of_account ON upload (school_id, account_id, attached_at, id);
-- Who names a file.
CREATE INDEX upload_of_file ON upload (school_id, file_id);
CREATE INDEX document_of_file ON document (school_id, file_id);
