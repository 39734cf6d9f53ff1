import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import type { CustomField, Pipeline } from "../kommo/resources.ts";
import { Accounts } from "./accounts.ts";
import type { Provisioned } from "./provisioning.ts";

type Hears = (tx: Tx, accountId: number) => Promise<void>;

interface Seen {
  pipelines?: readonly Pipeline[];
  leadFields?: readonly CustomField[];
  contactFields?: readonly CustomField[];
}

/** The account's pipelines, stages and fields as Kommo last showed them, for whoever cannot ask it. */
@Injectable()
export class KnownLists {
  private readonly hearing: Hears[] = [];

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
  ) {}

  /** For features whose settings name stages or fields. */
  whenChanged(hears: Hears) {
    this.hearing.push(hears);
  }

  async keep(accountId: number, { pipelines, leadFields, contactFields }: Seen) {
    const lists: Partial<Provisioned> = {
      ...(pipelines ? { pipelines: pipelines.map(pipelineOf) } : {}),
      ...(leadFields ? { leadFields: leadFields.map(({ id, name }) => ({ id, name })) } : {}),
      ...(contactFields ? { fieldsOfContacts: contactFields.map(({ id, name, type }) => ({ id, name, type })) } : {}),
    };
    await this.tenancy.run(accountId, async (tx) => {
      const [, changed] = await tx.query(
        "UPDATE account SET provisioned = provisioned || $1 WHERE provisioned || $1 <> provisioned",
        [JSON.stringify(lists)],
      );
      if (changed === 0) return;
      this.accounts.forgetAfter(tx, accountId);
      for (const hears of this.hearing) await hears(tx, accountId);
    });
  }
}

function pipelineOf({ id, name, is_main, _embedded }: Pipeline) {
  return {
    id,
    name,
    isMain: is_main === true,
    statuses: _embedded.statuses
      .toSorted((a, b) => a.sort - b.sort)
      .map((s) => ({ id: s.id, name: s.name, incoming: s.type === 1 })),
  };
}
