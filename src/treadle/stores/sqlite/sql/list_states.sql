SELECT
  executions.id, executions.fence, executions.version, executions.namespace, executions.definition,
  executions.definition_version, executions.definition_digest, snapshots.state, snapshots.digest
FROM json_each(?) AS wanted
CROSS JOIN executions ON executions.id = wanted.value
LEFT JOIN snapshots ON snapshots.execution_id = executions.id
