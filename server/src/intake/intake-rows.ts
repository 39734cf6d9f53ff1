import type { InputIssue } from "@dealscope/shared/api-error";
import { latch } from "../database/latch.ts";
import type { Tx } from "../database/tenancy.ts";
import type { Wish } from "./read-wish.ts";

export const INTAKE = "intake";

/** Who may be one and the same, told when it is known whom of them was taken. */
export interface Doubt {
  entity: "contact" | "company";
  /** Which contact of the request; 0 for the company. */
  place: number;
  otherIds: number[];
  shared: string;
}

/** What is decided about a request before anything is made. */
export interface Plan {
  /** By place; null are made. */
  contactIds: (number | null)[];
  /** Null when there is none, or it is made. */
  companyId: number | null;
  /** False also where the extended deal has a company already. */
  hasCompany: boolean;
  /** An open deal that is extended; null makes a new one. */
  leadId: number | null;
  doubts: Doubt[];
}

export type Entity = "lead" | "contact" | "company";

/** Something that is to be made in Kommo, once. */
export interface Creation {
  entity: Entity;
  place: number;
  marker: string;
  state: "due" | "made" | "refused";
  kommoId: number | null;
  /** Since a request left whose outcome is not known; null when there is no such request. */
  unknownForMs: number | null;
  /** The exact time of that, to see whether somebody else has come between. */
  unknownSince: string | null;
  looks: number;
  issue: InputIssue | null;
}

export interface Request {
  no: number;
  receipt: string;
  keyName: string;
  /** What it says counts. */
  isTrusted: boolean;
  wish: Wish;
  plan: Plan | null;
  creations: Creation[];
  receivedAt: Date;
}

/**
 * Starts a request, or goes on with it. Of requests about the same people or company one is carried out at a time, the
 * oldest first: else each would find that nobody is known, and make them.
 * @returns undefined when there is nothing left to do
 */
export async function startRequest(tx: Tx, accountId: number, no: number): Promise<Request | "behind" | undefined> {
  // One after the other, so that each sees who has started. An older one may be committed later than a younger one.
  await latch(tx, accountId, "intake");
  const [row] = await tx.query(
    `SELECT r.*, k.name AS key_name, k.is_trusted,
            NOT is_started AND EXISTS (
              SELECT FROM intake_request o
               WHERE o.no <> r.no AND o.body IS NOT NULL AND o.state = 'received' AND o.about && r.about
                 AND (o.is_started OR o.no < r.no)) AS is_behind
       FROM intake_request r JOIN intake_key k ON k.id = r.key_id
      WHERE r.no = $1 AND r.body IS NOT NULL`,
    [no],
  );
  if (!row) return undefined;
  if (row.is_behind) return "behind";
  if (!row.is_started) await tx.query("UPDATE intake_request SET is_started = true WHERE no = $1", [no]);
  return {
    no,
    receipt: row.receipt,
    keyName: row.key_name,
    isTrusted: row.is_trusted,
    wish: row.body,
    plan: row.plan,
    creations: await readCreations(tx, no),
    receivedAt: row.received_at,
  };
}

/** Those who waited for a request about these people or this company, and for no other one. */
export async function nextInLine(tx: Tx, about: readonly string[]): Promise<number[]> {
  const next: { no: number }[] = await tx.query(
    `SELECT no FROM intake_request r
      WHERE r.body IS NOT NULL AND r.state = 'received' AND NOT r.is_started AND r.about && $1
        AND NOT EXISTS (
              SELECT FROM intake_request o
               WHERE o.no <> r.no AND o.body IS NOT NULL AND o.state = 'received' AND o.about && r.about
                 AND (o.is_started OR o.no < r.no))
      ORDER BY no`,
    [about],
  );
  return next.map(({ no }) => no);
}

export async function readCreations(tx: Tx, no: number): Promise<Creation[]> {
  return tx.query(
    `SELECT entity, place, marker, state, kommo_id AS "kommoId", looks, issue, unknown_since::text AS "unknownSince",
            (extract(epoch FROM app_now() - unknown_since) * 1000)::float8 AS "unknownForMs"
       FROM intake_creation WHERE request_no = $1 ORDER BY entity, place`,
    [no],
  );
}

/** Puts down what is decided, and what has to be made for it. */
export async function savePlan(
  tx: Tx,
  accountId: number,
  no: number,
  plan: Plan,
  toMake: readonly { entity: Entity; place: number; marker: string; name: string | null }[],
) {
  await tx.query("UPDATE intake_request SET plan = $2 WHERE no = $1", [no, JSON.stringify(plan)]);
  await tx.query(
    `INSERT INTO intake_creation (account_id, request_no, entity, place, marker, name, unknown_since)
     SELECT $1, $2, c.*, in_doubt_since() FROM unnest($3::text[], $4::int[], $5::text[], $6::text[]) AS c ON CONFLICT DO NOTHING`,
    [
      accountId,
      no,
      toMake.map(({ entity }) => entity),
      toMake.map(({ place }) => place),
      toMake.map(({ marker }) => marker),
      toMake.map(({ name }) => name),
    ],
  );
}

/** Kommo's reads may lag so far behind its writes; what we have made ourselves is there all the same. */
const SHOWS_WITHIN = "60 seconds";

/** What we have made in the last minute. */
export async function madeLately(
  tx: Tx,
): Promise<{ entity: Entity; kommoId: number; name: string | null; requestNo: number }[]> {
  return tx.query(
    `SELECT entity, kommo_id AS "kommoId", name, request_no AS "requestNo" FROM intake_creation
      WHERE state = 'made' AND ended_at > app_now() - interval '${SHOWS_WITHIN}'`,
  );
}

/** Ends a request: its words are not needed any more. */
export async function endRequest(
  tx: Tx,
  no: number,
  end: {
    state: "done" | "failed";
    leadId: number | null;
    contactIds: (number | null)[];
    isExtended: boolean;
    issues: InputIssue[];
  },
) {
  await tx.query(
    `UPDATE intake_request SET state = $2, lead_id = $3, contact_ids = $4, is_extended = $5, issues = $6,
            body = NULL, about = '{}', plan = NULL, ended_at = app_now()
      WHERE no = $1`,
    [no, end.state, end.leadId, end.contactIds, end.isExtended, JSON.stringify(end.issues)],
  );
}

export async function propose(
  tx: Tx,
  accountId: number,
  no: number,
  proposals: readonly { entity: Doubt["entity"]; keptId: number; otherIds: number[]; shared: string }[],
) {
  for (const { entity, keptId, otherIds, shared } of proposals) {
    await tx.query(
      `INSERT INTO merge_proposal (account_id, request_no, entity, kept_id, other_ids, shared) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (account_id, entity, kept_id, other_ids) DO UPDATE SET request_no = excluded.request_no`,
      [accountId, no, entity, keptId, otherIds, shared],
    );
  }
}
