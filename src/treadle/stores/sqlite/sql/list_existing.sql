SELECT executions.id
FROM json_each(?) AS wanted
CROSS JOIN executions ON executions.id = wanted.value
