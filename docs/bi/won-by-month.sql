SELECT date_trunc('month', closed_at) AS month, outcome, count(*) AS deals, sum(value) AS value
  FROM bi_deals
 WHERE outcome <> 'open' [[AND pipeline = {{pipeline}}]]
 GROUP BY 1, 2
 ORDER BY 1, 2
