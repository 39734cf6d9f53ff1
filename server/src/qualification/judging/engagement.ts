import type { Criterion, CriterionVerdict, PromptVersionContent } from "@dealscope/shared/qualification";

/** What a lead's people did with our mails in the last 30 days; machines are left out. */
export interface Engagement {
  /** Mails that were sent to them. */
  mails: number;
  opens: number;
  clicks: number;
}

/** A click takes a decision, an open only a glance. */
const OPENS_OF_A_CLICK = 3;
/** So many opens are needed for the levels from 0 on. */
const LEVELS = [0, 1, 2, 3, 5, 8] as const;

export const isOfMails = ({ judgedBy }: Criterion) => judgedBy === "engagement";

/** The criteria that the model is asked about. */
export const ofWords = ({ criteria }: Pick<PromptVersionContent, "criteria">): Criterion[] =>
  criteria.filter((criterion) => !isOfMails(criterion));

/** Whether mails count at all: only where an administrator has made a criterion of them. */
export const countsMails = ({ criteria }: Pick<PromptVersionContent, "criteria">): boolean => criteria.some(isOfMails);

/** Of somebody who was sent nothing nothing is known. */
export function engagementLevel({ mails, opens, clicks }: Engagement): number | null {
  if (mails + opens + clicks === 0) return null;
  const reached = opens + clicks * OPENS_OF_A_CLICK;
  return LEVELS.findLastIndex((needed) => reached >= needed);
}

/** The level with what it rests on; there is no text to show where it stands. */
export function engagementVerdict({ key }: Criterion, engagement: Engagement): CriterionVerdict {
  const level = engagementLevel(engagement);
  const { mails, opens, clicks } = engagement;
  const quote = level === null ? null : `Mails in 30 days: ${mails}. Opened: ${opens}. Clicked: ${clicks}.`;
  return { key, level, quote, source: null };
}
