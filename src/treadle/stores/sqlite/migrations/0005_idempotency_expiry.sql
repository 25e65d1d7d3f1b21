-- A key is of its start alone until expires_at. Keys of before are kept for seven days from their start.
ALTER TABLE idempotency ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE idempotency ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;

UPDATE idempotency
SET created_at = executions.created_at, expires_at = executions.created_at + 7 * 24 * 60 * 60 * 1000
FROM executions WHERE executions.id = idempotency.execution_id;

CREATE INDEX idempotency_expires ON idempotency (expires_at);
