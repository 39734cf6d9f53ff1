SELECT coalesce(segment, 'none') AS segment, count(*) AS leads, count(first_touch_at) AS touched,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_touch_at - created_at) / 60) AS median_minutes
  FROM bi_deals
 WHERE true [[AND created_at >= {{from}}]]
 GROUP BY 1
 ORDER BY leads DESC
