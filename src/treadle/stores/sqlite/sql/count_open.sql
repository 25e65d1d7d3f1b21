-- Namespace by namespace, so that what has ended is passed over by the index.
WITH RECURSIVE found (namespace) AS (
  SELECT min(namespace) FROM executions
  UNION ALL
  SELECT (SELECT min(namespace) FROM executions WHERE namespace > found.namespace)
  FROM found WHERE found.namespace IS NOT NULL
)
SELECT status.value, (
  SELECT count(*) FROM executions
  WHERE executions.namespace = found.namespace AND executions.status = status.value
)
FROM found, json_each(?) AS status
WHERE found.namespace IS NOT NULL
