SELECT coalesce(rep, 'nobody') AS rep, count(*) AS open_deals, count(*) FILTER (WHERE decision_maker_known) AS known,
       round(100.0 * count(*) FILTER (WHERE decision_maker_known) / count(*), 1) AS percent
  FROM bi_deals
 WHERE outcome = 'open' [[AND pipeline = {{pipeline}}]]
 GROUP BY 1
 ORDER BY percent
