INSERT INTO idempotency (namespace, key, body_digest, execution_id, created_at, expires_at)
SELECT * FROM (VALUES /* each */ (?, ?, ?, ?, ?, ?) /* end */) WHERE column1 IS NOT NULL
ON CONFLICT (namespace, key) DO UPDATE
SET body_digest = excluded.body_digest, execution_id = excluded.execution_id,
  created_at = excluded.created_at, expires_at = excluded.expires_at
WHERE idempotency.expires_at <= excluded.created_at
