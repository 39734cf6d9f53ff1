import type { WouldWrite } from "@dealscope/shared/card";
import type { Verdict } from "@dealscope/shared/qualification";
import type { Assignment, Settings, StageRef } from "@dealscope/shared/settings";
import type { Tx } from "../database/tenancy.ts";
import { type LeadField, leadFields, type Provisioned } from "../installation/provisioning.ts";
import { cardChange } from "../qualification/card-change.ts";
import { isPause } from "../qualification/verdict-rows.ts";
import type { RankedSegments } from "./segments.ts";

interface Around {
  settings: Settings;
  made: Provisioned;
  segments: RankedSegments;
}

/** What a verdict would change in Kommo, in the words of people: for a dry run, in which it does not. */
export async function wouldWrite(tx: Tx, verdict: Verdict, { settings, made, segments }: Around): Promise<WouldWrite> {
  if (isPause(verdict)) return { fields: [], tag: null, stage: null, responsible: null, task: null };
  const { fields = {}, tagsAdd = [] } = cardChange(verdict, []);
  const action = verdict.segment === null ? undefined : settings.actions[verdict.segment];
  const shown = { ...fields, segment: segments.named(verdict.segment)?.name ?? null };
  return {
    fields: (Object.keys(leadFields) as LeadField[]).flatMap((key) => {
      const value = shown[key] ?? null;
      return value === null || value === "" ? [] : [{ name: leadFields[key].name, value: String(value) }];
    }),
    tag: tagsAdd[0] ?? null,
    stage: action?.moveTo ? stageName(made, action.moveTo) : null,
    responsible: action?.assign ? await userNames(tx, action.assign) : null,
    task: action?.task?.text ?? null,
  };
}

function stageName(made: Provisioned, { pipelineId, statusId }: StageRef): string {
  const pipeline = made.pipelines.find(({ id }) => id === pipelineId);
  return pipeline?.statuses.find(({ id }) => id === statusId)?.name ?? String(statusId);
}

/** Whose the lead may become; of several one is chosen only when it is written. */
async function userNames(tx: Tx, assignment: Assignment): Promise<string> {
  const ids = assignment.how === "fixed" ? [assignment.userId] : assignment.userIds;
  const rows: { name: string }[] = await tx.query("SELECT name FROM kommo_user WHERE user_id = ANY($1) ORDER BY name", [
    ids,
  ]);
  return rows.map(({ name }) => name).join(", ");
}
