DELETE FROM bulk_acts
WHERE id IN (
  SELECT id FROM bulk_acts
  WHERE ended_at IS NOT NULL AND ended_at < ?
  ORDER BY ended_at
  LIMIT ?
)
