/** What people have said of leads, by which the model is judged: the newest override of each, also when it is over. */
export const NEWEST_LABELS = `
  SELECT DISTINCT ON (lead_id) id, lead_id, segment, score, verdict_id FROM override
   WHERE kind = 'set' ORDER BY lead_id, id DESC`;
