import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import type { EventOf, KommoEvent } from "../../webhooks/events.ts";
import { type Listener, Listeners } from "../../webhooks/listeners.ts";
import { Work } from "../../work/work.ts";
import { GATE, type GateDetail } from "../gate-kind.ts";
import { assumeBefore, assumePlace } from "./place-rows.ts";

const TYPES = [
  "lead.added",
  "lead.updated",
  "lead.restored",
  "lead.stage_changed",
  "lead.deleted",
  "lead.dp_called",
] as const;

type Heard = EventOf<(typeof TYPES)[number]>;

/** From what happened to "look where this deal stands"; nothing in accounts and pipelines without rules. */
@Injectable()
export class GatesListener implements Listener, OnModuleInit {
  readonly name = "gates";
  readonly types = TYPES;

  constructor(
    private readonly listeners: Listeners,
    private readonly work: Work,
  ) {}

  onModuleInit() {
    this.work.expect(GATE);
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    const heard = events.filter((event): event is Heard => TYPES.some((type) => type === event.type));
    const { ruled, followed } = await whoIsFollowed(
      tx,
      heard.map(({ leadId }) => leadId),
    );
    const asked = new Map<number, Date | undefined>();
    for (const event of heard) {
      await rememberPlace(tx, accountId, event, ruled);
      if (!isToBeLookedAt(event, { ruled, followed })) continue;
      const at = event.type === "lead.stage_changed" ? event.at : undefined;
      asked.set(event.leadId, at ?? asked.get(event.leadId));
    }
    await this.ask(tx, accountId, asked);
  }

  /** A stage may have been deleted, or a field that somebody waits for: their rules hold nobody any more. */
  async lookAtHeld(tx: Tx, accountId: number) {
    const held: { lead_id: number }[] = await tx.query(
      "SELECT lead_id FROM hold WHERE ended_at IS NULL ORDER BY lead_id",
    );
    await this.ask(tx, accountId, new Map(held.map(({ lead_id }) => [lead_id, undefined])));
  }

  private async ask(tx: Tx, accountId: number, asked: ReadonlyMap<number, Date | undefined>) {
    const requests = [...asked].map(([subject, at]) => {
      const detail: GateDetail = at ? { heardAt: at.toISOString() } : {};
      return { kind: GATE, subject, priority: "gate" as const, detail: { ...detail } };
    });
    if (requests.length > 0) await this.work.schedule(tx, accountId, requests);
  }
}

interface Followed {
  /** Pipelines in which somebody may be held. */
  ruled: ReadonlySet<number>;
  /** Deals whose place is known, and whether they are held. */
  followed: ReadonlyMap<number, boolean>;
}

/** In one statement, because most accounts have no rules and each of their webhooks pays for it. */
async function whoIsFollowed(tx: Tx, leadIds: readonly number[]): Promise<Followed> {
  const [row]: { ruled: number[]; followed: { leadId: number; isHeld: boolean }[] }[] = await tx.query(
    `SELECT ARRAY(SELECT (p->>'pipelineId')::bigint FROM jsonb_array_elements(settings->'gates'->'pipelines') p
                   WHERE coalesce((p->>'isOn')::boolean, true) AND settings->>'dryRun' IS DISTINCT FROM 'true') AS ruled,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('leadId', lead_id, 'isHeld', EXISTS (
                      SELECT FROM hold h WHERE h.lead_id = g.lead_id AND ended_at IS NULL))), '[]')
               FROM gate_place g WHERE lead_id = ANY($1)) AS followed
       FROM account`,
    [leadIds],
  );
  return {
    ruled: new Set((row?.ruled ?? []).map(Number)),
    followed: new Map((row?.followed ?? []).map(({ leadId, isHeld }) => [leadId, isHeld])),
  };
}

function isToBeLookedAt(event: Heard, { ruled, followed }: Followed): boolean {
  const { leadId } = event;
  switch (event.type) {
    case "lead.stage_changed":
      return ruled.has(event.to.pipelineId) || followed.has(leadId);
    case "lead.added":
      // Where it was made it may stand.
      return event.stage === undefined && ruled.size > 0;
    case "lead.restored":
      return ruled.size > 0;
    case "lead.dp_called":
      return event.action === "check_gate" && ruled.size > 0;
    case "lead.updated":
    case "lead.deleted":
      // A field that was missing may be filled now.
      return followed.get(leadId) ?? false;
  }
}

/** Where the deal stood before anything of ours has looked at it. */
async function rememberPlace(tx: Tx, accountId: number, event: Heard, ruled: ReadonlySet<number>) {
  if (event.type === "lead.added" && event.stage && ruled.has(event.stage.pipelineId))
    await assumePlace(tx, accountId, event.leadId, event.stage, event.at);
  if (event.type !== "lead.stage_changed") return;
  const { pipelineId, statusId } = event.from;
  if (pipelineId === undefined || statusId === undefined || !ruled.has(event.to.pipelineId)) return;
  const from = { pipelineId, statusId };
  await assumePlace(tx, accountId, event.leadId, from, event.at);
  if (event.at) await assumeBefore(tx, event.leadId, from, event.to, event.at);
}
