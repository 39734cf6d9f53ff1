SELECT d.deal_id, d.name, d.rep, d.stage, d.value, d.people, d.decision_maker_known,
       (now()::date - d.in_stage_since::date) AS days,
       (SELECT string_agg(concat_ws(' ', r.kind, r.what, round(r.hours / 24) || ' days'), '; ' ORDER BY r.hours DESC)
          FROM bi_hold_reasons r WHERE r.deal_id = d.deal_id AND r.ended_at IS NULL) AS waits_for
  FROM bi_deals d
 WHERE d.outcome = 'open' AND d.segment IS DISTINCT FROM 'spam' AND d.in_stage_since < now() - interval '21 days' [[AND d.rep = {{rep}}]]
 ORDER BY d.in_stage_since
 LIMIT 200
