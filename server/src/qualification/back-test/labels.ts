/**
 * What people have said of leads, by which the model is judged: the newest word on each, an override (also one that is
 * over) or an expert's label.
 */
export const NEWEST_LABELS = `
  SELECT DISTINCT ON (lead_id) lead_id, segment, score, verdict_id, reason, by_name, at, said_by FROM (
    SELECT id, lead_id, segment, score, verdict_id, reason, by_name, at, 'override' AS said_by FROM override WHERE kind = 'set'
    UNION ALL
    SELECT 0, lead_id, segment, NULL, NULL, '', by_name, at, 'label' FROM label) said
   ORDER BY lead_id, at DESC, id DESC`;
