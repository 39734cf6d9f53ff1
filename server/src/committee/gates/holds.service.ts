import { Injectable } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { mayOverrule } from "../may-overrule.ts";
import { openHold, overruleHold, readMembers } from "./gate-rows.ts";
import { readRules, stageExists } from "./gate-rules.ts";
import { HoldEnds } from "./hold-ends.ts";
import { HoldWrites } from "./hold-writes.ts";
import { namesOf } from "./names.ts";
import { keepPlace, readPlace } from "./place-rows.ts";

/** Nothing keeps the deal. */
export class NoHold extends Error {
  constructor() {
    super("Nothing keeps this deal where it is any more.");
  }
}

/** Who asks is not named among those who may overrule. */
export class MayNotOverrule extends Error {
  constructor() {
    super("Only administrators and the people named in the rules of this pipeline may overrule.");
  }
}

export interface Overruler {
  userId: number;
  name: string;
  isAdmin: boolean;
}

/** What people do about deals that are held. */
@Injectable()
export class Holds {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly writes: HoldWrites,
    private readonly ends: HoldEnds,
  ) {}

  /** Lets a deal go where it is wanted, whatever is missing. @throws NoHold, MayNotOverrule */
  async overrule(accountId: number, leadId: number, by: Overruler): Promise<void> {
    await this.tenancy.run(accountId, async (tx) => {
      // Rules that are being saved at this moment may no longer let him overrule.
      await tx.query("SELECT FROM account FOR SHARE");
      await lockLeads(tx, accountId, [leadId]);
      const rules = await readRules(tx);
      const [hold, known] = [await openHold(tx, leadId), await readPlace(tx, leadId)];
      if (!hold || !known) throw new NoHold();
      const { wanted } = hold;
      if (!mayOverrule(rules.gates, wanted.pipelineId, by)) throw new MayNotOverrule();
      // Twice in a row it is the same word.
      if (hold.overruledBy !== null) return;
      await audit(tx, accountId, leadId, by);
      if (!stageExists(rules, wanted)) return this.ends.end(tx, { accountId, leadId, hold }, "released", rules);
      const names = namesOf(rules, wanted.pipelineId, await readMembers(tx, leadId));
      await this.writes.noteOverruled(tx, { accountId, leadId, hold, names }, by.name);
      await overruleHold(tx, accountId, hold.id, by.name);
      await keepPlace(tx, accountId, leadId, { ...known, moving: wanted, isAssumed: false });
      await this.writes.move(tx, accountId, leadId, { from: known.place, to: wanted });
    });
  }
}

async function audit(tx: Tx, accountId: number, leadId: number, by: Overruler) {
  await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, 'gate overruled', $3)", [
    accountId,
    by.name,
    `lead ${leadId}`,
  ]);
}
