SELECT listed.status, count(*)
FROM /* source */
WHERE /* conditions */
GROUP BY listed.status
