SELECT inbox.execution_id, inbox.id, inbox.payload
FROM json_each(?) AS wanted
CROSS JOIN inbox ON inbox.execution_id = wanted.value
