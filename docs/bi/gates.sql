SELECT r.kind, r.what, h.wanted_stage, count(*) AS times, count(*) FILTER (WHERE r.ended_at IS NULL) AS open,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY r.hours) AS median_hours
  FROM bi_hold_reasons r JOIN bi_holds h USING (hold_id)
 WHERE true [[AND h.since >= {{from}}]]
 GROUP BY r.kind, r.what, h.wanted_stage
 ORDER BY times DESC
