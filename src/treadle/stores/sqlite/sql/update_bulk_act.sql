UPDATE bulk_acts
SET
  total = ?2, after_created_at = ?3, after_id = ?4, targets = ?5, done = ?6, refused = ?7, refusals = ?8,
  ended_at = ?9
WHERE id = ?1 AND ended_at IS NULL
