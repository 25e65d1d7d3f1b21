SELECT
  wanted.value,
  coalesce(length(snapshots.state), 0) + coalesce(
    (
      SELECT sum(length(history.events)) FROM history
      WHERE history.execution_id = wanted.value AND history.first_seq > coalesce(snapshots.version, 0)
    ),
    0
  )
FROM json_each(?) AS wanted
LEFT JOIN snapshots ON snapshots.execution_id = wanted.value
