import type { StageRef } from "@dealscope/shared/stage-ref";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Clients } from "../../installation/clients.ts";
import { provisioned } from "../../installation/provisioning.ts";
import { KommoForbidden, KommoRejected } from "../../kommo/errors.ts";
import type { CustomField } from "../../kommo/resources.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { isSame } from "./course.ts";
import { type AccountRules, inForce, readRules, ruleOf } from "./gate-rules.ts";

const NATIVE_LOCK = "native_lock";

/** A field that Kommo itself asks for before a lead may enter a stage. */
interface Requirement extends StageRef {
  fieldId: number;
}

/**
 * The second lock: where it is switched on, Kommo's own interface asks for the fields that a stage requires. Safe to repeat;
 * what an administrator requires by hand stays.
 */
@Injectable()
export class NativeLock implements WorkKind, OnModuleInit {
  readonly kind = NATIVE_LOCK;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async ask(tx: Tx, accountId: number) {
    await this.work.schedule(tx, accountId, [{ kind: NATIVE_LOCK, subject: accountId, priority: "qualification" }]);
  }

  async run({ accountId }: WorkItem): Promise<Decision> {
    const kommo = await this.clients.of(accountId, "qualification");
    const { wanted, ours } = await this.tenancy.run(accountId, readRequirements);
    const fields = await kommo.fields("leads");
    // Ours are those that nobody required before us, so that only those are taken away again.
    const byHand = fields.flatMap(requirementsOf).filter((one) => !ours.some((other) => isEqual(one, other)));
    const set = wanted.filter((one) => !byHand.some((other) => isEqual(one, other)));
    await this.save(accountId, { set: [...ours, ...set], problem: null });
    const problems: string[] = [];
    for (const field of fields) {
      const next = [...byHand, ...set].filter(({ fieldId }) => fieldId === field.id);
      if (isEqualSet(requirementsOf(field), next)) continue;
      const required_statuses = next.map((one) => ({ pipeline_id: one.pipelineId, status_id: one.statusId }));
      try {
        await kommo.updateField("leads", field.id, { required_statuses });
      } catch (error) {
        if (!(error instanceof KommoForbidden || error instanceof KommoRejected)) throw error;
        problems.push(`Kommo does not let the field "${field.name}" be required by a stage here: ${error.message}`);
      }
    }
    // What was refused may still be taken away later.
    const problem = problems.length > 0 ? problems.join(" ") : null;
    await this.save(accountId, { set: problem ? [...ours, ...set] : set, problem });
    return {};
  }

  private async save(accountId: number, nativeLock: { set: Requirement[]; problem: string | null }) {
    const unique = nativeLock.set.filter((one, at, all) => all.findIndex((other) => isEqual(one, other)) === at);
    await this.tenancy.run(accountId, async (tx) => {
      await tx.query("UPDATE account SET provisioned = provisioned || $1", [
        JSON.stringify({ nativeLock: { ...nativeLock, set: unique } }),
      ]);
      this.accounts.forgetAfter(tx, accountId);
    });
  }
}

async function readRequirements(tx: Tx): Promise<{ wanted: Requirement[]; ours: Requirement[] }> {
  const rules = await readRules(tx);
  const [row] = await tx.query("SELECT provisioned FROM account");
  const { nativeLock } = provisioned.parse(row.provisioned);
  return { wanted: wantedIn(rules), ours: nativeLock.set };
}

function wantedIn(rules: AccountRules): Requirement[] {
  const locked = rules.gates.pipelines.filter(({ nativeLock, pipelineId }) => nativeLock && inForce(rules, pipelineId));
  return locked.flatMap(({ pipelineId, stages }) =>
    stages.flatMap(({ statusId }) =>
      (ruleOf(rules, { pipelineId, statusId })?.requiredFieldIds ?? []).map((fieldId) => ({
        fieldId,
        pipelineId,
        statusId,
      })),
    ),
  );
}

function requirementsOf({ id: fieldId, required_statuses }: CustomField): Requirement[] {
  return required_statuses.map((one) => ({ fieldId, pipelineId: one.pipeline_id, statusId: one.status_id }));
}

function isEqual(one: Requirement, other: Requirement): boolean {
  return one.fieldId === other.fieldId && isSame(one, other);
}

function isEqualSet(some: readonly Requirement[], others: readonly Requirement[]): boolean {
  return some.length === others.length && some.every((one) => others.some((other) => isEqual(one, other)));
}
