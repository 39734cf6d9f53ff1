SELECT pipeline, stage, buying_stage, count(*) AS stays, count(*) FILTER (WHERE left_at IS NULL) AS still_there,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) / 24 AS median_days, avg(hours) / 24 AS average_days
  FROM bi_stage_stays
 WHERE true [[AND entered_at >= {{from}}]] [[AND buying_stage = {{buying_stage}}]]
 GROUP BY pipeline, stage, buying_stage
 ORDER BY median_days DESC
