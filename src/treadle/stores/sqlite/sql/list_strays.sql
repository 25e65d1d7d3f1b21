SELECT DISTINCT held.execution_id, 'history'
FROM history AS held
WHERE held.execution_id > :after AND held.execution_id <= :until
  AND NOT EXISTS (SELECT 1 FROM executions WHERE executions.id = held.execution_id)
UNION ALL
SELECT DISTINCT held.execution_id, 'snapshot'
FROM snapshots AS held
WHERE held.execution_id > :after AND held.execution_id <= :until
  AND NOT EXISTS (SELECT 1 FROM executions WHERE executions.id = held.execution_id)
UNION ALL
SELECT DISTINCT held.execution_id, 'note'
FROM inbox AS held
WHERE held.execution_id > :after AND held.execution_id <= :until
  AND NOT EXISTS (SELECT 1 FROM executions WHERE executions.id = held.execution_id)
