SELECT history.execution_id, history.first_seq, history.last_seq, history.at, history.events, history.digest
FROM json_each(?) AS wanted
LEFT JOIN snapshots ON snapshots.execution_id = wanted.value
CROSS JOIN history
  ON history.execution_id = wanted.value AND history.first_seq > coalesce(snapshots.version, 0)
