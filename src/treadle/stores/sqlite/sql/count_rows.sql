SELECT held.status, count(*)
FROM /* source */
WHERE /* conditions */
GROUP BY held.status
