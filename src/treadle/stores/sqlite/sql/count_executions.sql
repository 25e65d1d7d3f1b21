SELECT status, count(*)
FROM executions
WHERE /* conditions */
GROUP BY status
