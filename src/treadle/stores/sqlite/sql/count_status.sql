-- How many entries there are, up to a limit, and how many of them match.
SELECT count(*), coalesce(sum(is_match), 0)
FROM (
  SELECT /* match */ AS is_match
  FROM /* source */
  WHERE /* conditions */
  ORDER BY listed.created_at DESC, listed.id DESC
  LIMIT ?
)
