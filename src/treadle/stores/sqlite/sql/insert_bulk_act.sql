INSERT INTO bulk_acts (
  id, namespace, filter, action, reason, actor, created_at, total, after_created_at, after_id, targets,
  done, refused, refusals, ended_at
)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
WHERE (SELECT count(*) FROM bulk_acts WHERE namespace = ?2 AND ended_at IS NULL) < ?16
