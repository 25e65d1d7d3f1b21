SELECT
  id, namespace, filter, action, reason, actor, created_at, total, after_created_at, after_id, targets,
  done, refused, refusals, ended_at, is_stopping
FROM bulk_acts
WHERE namespace = ? AND id < ?
ORDER BY id DESC
LIMIT ?
