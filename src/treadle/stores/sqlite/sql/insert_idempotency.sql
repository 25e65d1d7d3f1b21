INSERT INTO idempotency (namespace, key, body_digest, execution_id)
SELECT * FROM (VALUES /* each */ (?, ?, ?, ?) /* end */) WHERE column1 IS NOT NULL
ON CONFLICT DO NOTHING
