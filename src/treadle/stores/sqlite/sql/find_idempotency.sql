SELECT key, body_digest, execution_id, expires_at FROM idempotency WHERE namespace = ? AND key = ?
