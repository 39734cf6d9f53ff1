import { type EngagementSettings } from "@dealscope/shared/engagement";
import { Settings } from "@dealscope/shared/settings";
import type { Tx } from "../../../database/tenancy.ts";
import { type Provisioned, provisioned } from "../../../installation/provisioning.ts";
import { type HeardMoves, readMoves, readToldDeal } from "./deal-rows.ts";

/** By what an account tells of its deals. */
export interface Terms {
  settings: EngagementSettings;
  made: Provisioned;
  currency: string;
  /** The workspace that is told. */
  environmentId: number;
  /** What happened before is told to nobody. */
  toldFrom: Date;
}

/** What is known before a deal is read. */
export interface Beginning extends HeardMoves {
  terms: Terms;
}

/** A dry run is about what is written into Kommo, and keeps what leaves it from leaving, too. */
const IS_TELLING = `
  settings->'engagement'->>'isOn' = 'true' AND settings->>'dryRun' IS DISTINCT FROM 'true'
  AND EXISTS (SELECT FROM customerio_connection)`;

/** Whether deals are told at all. */
export async function isTelling(tx: Tx): Promise<boolean> {
  return (await tx.query(`SELECT 1 FROM account WHERE ${IS_TELLING}`)).length > 0;
}

/** @returns undefined when deals are not told */
export async function readTerms(tx: Tx): Promise<Terms | undefined> {
  const [row] = await tx.query(
    `SELECT a.settings, a.provisioned, a.currency, c.told_from, c.environment_id FROM account a, customerio_connection c WHERE ${IS_TELLING}`,
  );
  if (!row) return undefined;
  const { engagement: settings } = Settings.parse(row.settings);
  const { currency, environment_id: environmentId, told_from: toldFrom } = row;
  return { settings, made: provisioned.parse(row.provisioned), currency, environmentId, toldFrom };
}

/** Of the moves those are taken that a gate has judged by now; what is heard later is told the next time. */
export async function readBeginning(tx: Tx, leadId: number): Promise<Beginning | undefined> {
  const terms = await readTerms(tx);
  if (!terms) return undefined;
  const told = await readToldDeal(tx, leadId);
  return { terms, ...(await readMoves(tx, leadId, told.move, terms.toldFrom)) };
}
