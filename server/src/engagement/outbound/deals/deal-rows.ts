import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../../database/tenancy.ts";
import type { Judgement, Move } from "../events/changes.ts";
import type { Attributes } from "./attribute.ts";

/** A deal as an object, and how it is related to people. */
export interface DealAsObject {
  typeId: string;
  attributes: Attributes;
  people: { id: number; attributes: Attributes }[];
}

/** How far a deal is told. */
export interface ToldDeal {
  /** `heard`: nobody was there to be told. */
  creation: "heard" | "told" | null;
  /** Of a creation that nobody has been told of. */
  creationHeardAt: Date | null;
  /** When there was last nobody to be told of what had been heard by then. */
  unheardAt: Date | null;
  move: number;
  stage: StageRef | null;
  segment: string | null;
  score: number | null;
  people: number[];
  object: DealAsObject | null;
}

const UNTOLD: ToldDeal = {
  ...{ creation: null, creationHeardAt: null, unheardAt: null },
  ...{ move: 0, stage: null, segment: null, score: null, people: [], object: null },
};

/** The lead is locked by whoever goes on to change it. */
export async function readToldDeal(tx: Tx, leadId: number): Promise<ToldDeal> {
  const [row] = await tx.query("SELECT * FROM customerio_deal WHERE lead_id = $1", [leadId]);
  if (!row) return UNTOLD;
  const { creation, told_move: move, told_pipeline_id, told_status_id, segment, score, people, object } = row;
  const stage = told_status_id === null ? null : { pipelineId: told_pipeline_id, statusId: told_status_id };
  const { creation_heard_at: creationHeardAt, unheard_at: unheardAt } = row;
  const heard = { creation, creationHeardAt, unheardAt };
  return { ...heard, move, stage, segment, score, people: people.map(Number), object };
}

export async function keepToldDeal(tx: Tx, accountId: number, leadId: number, told: ToldDeal) {
  await tx.query(
    `INSERT INTO customerio_deal (account_id, lead_id, creation, told_move, told_pipeline_id, told_status_id, segment, score,
                                  people, object, creation_heard_at, unheard_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (account_id, lead_id) DO UPDATE SET
       creation = excluded.creation, told_move = excluded.told_move, told_pipeline_id = excluded.told_pipeline_id,
       told_status_id = excluded.told_status_id, segment = excluded.segment, score = excluded.score,
       people = excluded.people, object = excluded.object,
       creation_heard_at = excluded.creation_heard_at, unheard_at = excluded.unheard_at`,
    [
      ...[accountId, leadId, told.creation, told.move, told.stage?.pipelineId ?? null, told.stage?.statusId ?? null],
      ...[told.segment, told.score, told.people, told.object && JSON.stringify(told.object)],
      ...[told.creationHeardAt, told.unheardAt],
    ],
  );
}

/** A deal of which nothing can be told for now; its creation is, once it can. */
export async function rememberCreation(tx: Tx, accountId: number, leadId: number, heardAt: Date) {
  await tx.query(
    `INSERT INTO customerio_deal AS d (account_id, lead_id, creation, creation_heard_at) VALUES ($1, $2, 'heard', $3)
     ON CONFLICT (account_id, lead_id) DO UPDATE SET creation = 'heard', creation_heard_at = excluded.creation_heard_at
       WHERE d.creation IS NULL`,
    [accountId, leadId, heardAt],
  );
}

/** As JSON has it. */
interface StoredMove extends Omit<Move, "at" | "heardAt"> {
  at: string;
  heardAt: string | null;
}

/** What was heard of where a deal went, at one moment. */
export interface HeardMoves {
  /** The moves that it has really made after the ones that were told, in their order. */
  moves: Move[];
  /** The newest that was heard of, whether or not it counts. */
  newest: number;
  /**
   * A gate is looking, or is about to look, whether the deal may stand where it stands. One that waits for an hour to ask
   * Kommo again does not count.
   */
  isBeingJudged: boolean;
}

/**
 * From the stays, not from what was heard: a deal that a gate has sent back has stood where it was all the while, and what
 * was told twice is one move. In one statement, because what is heard and judged meanwhile must be there altogether or not at all.
 */
export async function readMoves(tx: Tx, leadId: number, after: number, since: Date): Promise<HeardMoves> {
  const [{ moves, ...row }] = await tx.query(
    `WITH stays AS (
       SELECT place, pipeline_id, status_id, entered_at,
              lag(CASE WHEN status_id IS NOT NULL
                       THEN jsonb_build_object('pipelineId', pipeline_id, 'statusId', status_id) END)
                OVER (ORDER BY place) AS before
         FROM stage_stay WHERE lead_id = $1),
     told AS (
       SELECT DISTINCT ON (s.place) s.place,
              jsonb_build_object('ordinal', m.ordinal, 'at', m.at, 'heardAt', m.heard_at, 'from', s.before,
                                 'to', jsonb_build_object('pipelineId', s.pipeline_id, 'statusId', s.status_id)) AS move
         FROM stays s
         JOIN stage_change m ON m.lead_id = $1 AND m.at = s.entered_at
          AND m.to_pipeline_id = s.pipeline_id AND m.to_status_id = s.status_id
        WHERE m.ordinal > $2 AND m.at >= date_trunc('second', $3::timestamptz)
        ORDER BY s.place, m.ordinal)
     SELECT (SELECT coalesce(jsonb_agg(move ORDER BY place), '[]') FROM told) AS moves,
            greatest($2, (SELECT max(ordinal) FROM stage_change WHERE lead_id = $1)) AS newest,
            EXISTS (SELECT FROM work WHERE kind = 'gate' AND subject = $1 AND state = 'open'
                       AND (waits > 0 OR leased_until > app_now() OR due_at < app_now() + interval '1 second'))
              AS "isBeingJudged"`,
    [leadId, after, since],
  );
  return { ...row, moves: moves.map(moveOf) };
}

function moveOf({ at, heardAt, ...stages }: StoredMove): Move {
  return { ...stages, at: new Date(at), heardAt: heardAt === null ? null : new Date(heardAt) };
}

/** Where a deal was seen compared with what was heard of it. */
export interface Whereabouts {
  /** When Kommo last told of a change of its card. */
  heardAt: Date | null;
  /** A gate does not let it stand there: it is on its way back, or Kommo refuses that for now. */
  isRefused: boolean;
}

export async function readWhereabouts(tx: Tx, leadId: number, seen: StageRef): Promise<Whereabouts> {
  const [row] = await tx.query(
    `SELECT (SELECT at FROM heard_lead WHERE lead_id = $1) AS "heardAt",
            coalesce((heard.to_pipeline_id, heard.to_status_id) = ($2, $3)
                     AND (stay.pipeline_id, stay.status_id) <> ($2, $3), false) AS "isRefused"
       FROM (SELECT 1) one
       LEFT JOIN LATERAL (SELECT to_pipeline_id, to_status_id FROM stage_change WHERE lead_id = $1
                           ORDER BY at DESC, ordinal DESC LIMIT 1) heard ON true
       LEFT JOIN LATERAL (SELECT pipeline_id, status_id FROM stage_stay WHERE lead_id = $1 AND left_at IS NULL
                           ORDER BY place DESC LIMIT 1) stay ON true`,
    [leadId, seen.pipelineId, seen.statusId],
  );
  return row;
}

export interface Standing {
  segment: string | null;
  score: number | null;
  /** Whose word that is; null where nobody has said anything. */
  judgement: Judgement | null;
}

/** What a deal is worth by the last word on it: a person's, or the model's. */
export async function readStanding(tx: Tx, leadId: number): Promise<Standing> {
  const [row] = await tx.query(
    `SELECT l.segment, l.score, v.id AS verdict_id, v.decided_at, o.id AS override_id, o.at AS given_at,
            CASE WHEN o.kind = 'clear' THEN o.at WHEN o.expires_at <= app_now() THEN o.expires_at END AS ended_at
       FROM lead l
       LEFT JOIN verdict v ON v.id = l.verdict_id
       LEFT JOIN LATERAL (SELECT * FROM override WHERE lead_id = $1 ORDER BY id DESC LIMIT 1) o ON true
      WHERE l.lead_id = $1`,
    [leadId],
  );
  return { segment: row?.segment ?? null, score: row?.score ?? null, judgement: row ? lastWord(row) : null };
}

interface Words {
  verdict_id: number | null;
  decided_at: Date | null;
  override_id: number | null;
  given_at: Date | null;
  ended_at: Date | null;
}

function lastWord({ verdict_id, decided_at, override_id, given_at, ended_at }: Words): Judgement | null {
  if (given_at && !ended_at) return { key: `override-${override_id}`, at: given_at };
  if (ended_at && (!decided_at || ended_at > decided_at)) return { key: `override-${override_id}-ended`, at: ended_at };
  return decided_at && { key: `verdict-${verdict_id}`, at: decided_at };
}
