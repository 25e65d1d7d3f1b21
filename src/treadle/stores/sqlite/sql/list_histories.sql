SELECT history.execution_id, history.first_seq, history.last_seq, history.at, history.events, history.digest
FROM json_each(?) AS wanted
CROSS JOIN history ON history.execution_id = wanted.value
