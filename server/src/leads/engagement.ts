/** What people did with our mails about the lead `$1` in the last 30 days; machines are left out, and so are mails that did not leave. */
export const ENGAGEMENT_OF_LEAD = `
  SELECT count(DISTINCT delivery_id) FILTER (WHERE metric IN ('sent', 'delivered', 'opened', 'clicked'))::int AS mails,
         count(*) FILTER (WHERE metric = 'opened' AND machine IS NULL)::int AS opens,
         count(*) FILTER (WHERE metric = 'clicked' AND machine IS NULL)::int AS clicks
    FROM engagement_event WHERE lead_id = $1 AND channel = 'email' AND at > app_now() - interval '30 days'`;
