import { z } from "zod";

/** What a tool such as Metabase looks at: one row a thing, of the account whose login asks. */
export const BI_VIEWS = [
  "bi_stages",
  "bi_deals",
  "bi_stage_stays",
  "bi_stakeholders",
  "bi_holds",
  "bi_hold_reasons",
  "bi_verdicts",
] as const;

/** The account's login for such tools. */
export const BiAccess = z.object({
  /** Null: there is none. */
  login: z.object({ name: z.string(), madeBy: z.string(), madeAt: z.iso.datetime() }).nullable(),
  /** Where the operator lets such tools in, as `host:port`; null when he has not said. */
  address: z.string().nullable(),
  database: z.string(),
  views: z.array(z.string()),
});
export type BiAccess = z.infer<typeof BiAccess>;

/** Shown once: only a proof of the password is kept. */
export const BiSecret = BiAccess.extend({ password: z.string() });
export type BiSecret = z.infer<typeof BiSecret>;
