INSERT INTO snapshots (execution_id, version, digest, state)
SELECT * FROM (VALUES /* each */ (?, ?, ?, ?) /* end */) WHERE column1 IS NOT NULL
ON CONFLICT (execution_id) DO UPDATE
SET version = excluded.version, digest = excluded.digest, state = excluded.state
