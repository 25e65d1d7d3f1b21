INSERT INTO history (execution_id, first_seq, last_seq, at, events, digest)
SELECT * FROM (VALUES /* each */ (?, ?, ?, ?, ?, ?) /* end */) WHERE column1 IS NOT NULL
