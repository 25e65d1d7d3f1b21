-- A group is told by its newest: max() of an instant of fixed width with the id behind it.
-- A path is `node[item]~visit`; the node is what stands before the first bracket or tilde.
WITH failed AS (
  SELECT
    definition,
    substr(
      failure ->> 'path', 1, instr(replace(failure ->> 'path', '[', '~') || '~', '~') - 1
    ) AS node,
    failure ->> 'kind' AS kind,
    coalesce(failure ->> 'code', reason) AS code,
    printf('%020d%s', updated_at, executions.id) AS place
  FROM json_each(?) AS wanted
  CROSS JOIN executions ON executions.id = wanted.value
),
grouped AS (
  SELECT definition, node, kind, code, count(*) AS count, max(place) AS place
  FROM failed
  GROUP BY definition, node, kind, code
)
SELECT definition, node, kind, code, count, substr(place, 21), CAST(substr(place, 1, 20) AS INTEGER)
FROM grouped
WHERE place < ?
ORDER BY place DESC
LIMIT ?
