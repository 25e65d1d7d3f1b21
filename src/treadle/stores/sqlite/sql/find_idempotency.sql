SELECT key, body_digest, execution_id FROM idempotency WHERE namespace = ? AND key = ?
