/** How far a right reaches: all leads, those of the user's group, his own, none. */
export type Level = "A" | "G" | "M" | "D";

export type LeadAction = "view" | "edit";

/** Who is acting, with his rights as Kommo tells them; never as the browser does. */
export interface Rep {
  accountId: number;
  userId: number;
  name: string;
  groupId: number | null;
  isAdmin: boolean;
  leads: Record<LeadAction, Level>;
  /** In these stages another level holds; null leaves the one above. */
  stages: ({ pipelineId: number; statusId: number } & Record<LeadAction, Level | null>)[];
}

/** What of a lead decides who may do something with it. */
export interface LeadPlace {
  pipelineId: number | null;
  statusId: number | null;
  responsibleUserId: number | null;
  groupId: number | null;
}

/** Whether Kommo lets this user see or change this lead. Administrators may do everything. */
export function mayOn(lead: LeadPlace, rep: Rep, action: LeadAction): boolean {
  if (rep.isAdmin) return true;
  const stage = rep.stages.find((s) => s.pipelineId === lead.pipelineId && s.statusId === lead.statusId);
  const isOwn = lead.responsibleUserId === rep.userId;
  switch (stage?.[action] ?? rep.leads[action]) {
    case "A":
      return true;
    case "G":
      return isOwn || (rep.groupId !== null && lead.groupId === rep.groupId);
    case "M":
      return isOwn;
    case "D":
      return false;
  }
}

/**
 * `mayOn(lead, rep, "view")` as a condition on rows of `lead l`, for lists.
 * @param place turns a value into its placeholder
 */
export function visibleTo(rep: Rep, place: (value: unknown) => string): string {
  if (rep.isAdmin) return "true";
  const isOwn = () => `l.responsible_user_id = ${place(rep.userId)}::bigint`;
  const reach: Record<Level, () => string> = {
    A: () => "true",
    G: () => `(${isOwn()} OR l.group_id = ${place(rep.groupId)}::bigint)`,
    M: isOwn,
    D: () => "false",
  };
  if (rep.stages.length === 0) return reach[rep.leads.view]();
  const pipelines = place(rep.stages.map((s) => s.pipelineId));
  const statuses = place(rep.stages.map((s) => s.statusId));
  const levels = place(rep.stages.map((s) => s.view));
  return `CASE coalesce(
      (SELECT r.level FROM unnest(${pipelines}::bigint[], ${statuses}::bigint[], ${levels}::text[]) AS r (pipeline_id, status_id, level)
        WHERE r.pipeline_id = l.pipeline_id AND r.status_id = l.status_id LIMIT 1), ${place(rep.leads.view)}::text)
    WHEN 'A' THEN ${reach.A()} WHEN 'G' THEN ${reach.G()} WHEN 'M' THEN ${reach.M()} ELSE ${reach.D()} END`;
}
