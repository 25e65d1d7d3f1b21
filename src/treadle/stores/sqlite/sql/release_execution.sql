UPDATE executions
SET
  owner = NULL,
  due_at = CASE
    WHEN ended_at IS NOT NULL THEN NULL
    WHEN EXISTS (SELECT 1 FROM inbox WHERE inbox.execution_id = ?1) THEN min(coalesce(?4, updated_at), updated_at)
    ELSE ?4
  END
WHERE id = ?1 AND owner = ?2 AND fence = ?3
