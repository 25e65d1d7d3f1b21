SELECT first_seq, last_seq, at, events, digest
FROM history
WHERE execution_id = ?1 AND last_seq > ?2 AND first_seq <= ?3
  AND first_seq >= coalesce(
    (SELECT max(first_seq) FROM history WHERE execution_id = ?1 AND first_seq <= ?2 + 1), 0
  )
ORDER BY first_seq
