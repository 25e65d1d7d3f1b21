-- The key itself is not kept: digest is its SHA-256. scopes are joined by `+`.
CREATE TABLE api_keys (
  name       TEXT    PRIMARY KEY NOT NULL,
  namespace  TEXT    NOT NULL,
  scopes     TEXT    NOT NULL,
  digest     BLOB    NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
