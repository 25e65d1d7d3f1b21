SELECT
  id, namespace, filter, action, reason, actor, created_at, total, after_created_at, after_id, targets,
  done, refused, refusals, ended_at, is_stopping
FROM bulk_acts
WHERE ended_at IS NULL AND id > ?
ORDER BY id
LIMIT 1
