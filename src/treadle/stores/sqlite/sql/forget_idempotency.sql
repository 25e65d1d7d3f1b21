DELETE FROM idempotency WHERE (namespace, key) IN (
  SELECT namespace, key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at, namespace, key LIMIT ?
)
