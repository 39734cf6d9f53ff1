SELECT coalesce(buying_stage, 'other') AS buying_stage, count(*) AS deals, sum(value) AS value
  FROM bi_deals
 WHERE outcome = 'open' [[AND pipeline = {{pipeline}}]] [[AND rep = {{rep}}]]
 GROUP BY 1
 ORDER BY array_position(ARRAY['decision_maker_qualification', 'technical_validation', 'budget_approval', 'legal_review', 'signing', 'other'],
                         coalesce(buying_stage, 'other'))
