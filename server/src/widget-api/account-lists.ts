import type { Lists } from "@dealscope/shared/lists";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Tenancy } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { Clients } from "../installation/clients.ts";
import { KnownLists } from "../installation/known-lists.ts";
import { provisioned } from "../installation/provisioning.ts";
import type { CustomField } from "../kommo/resources.ts";
import { modelsToChoose, retirementOf } from "../openai/prices.ts";
import { isUnavailability } from "../work/failure.ts";

/** Every field that Dealscope makes has a code of this form. */
const OUR_CODES = "DEALSCOPE_";

type FromKommo = Pick<Lists, "pipelines" | "leadFields" | "contactFields" | "isFresh">;

/** Opening tab after tab asks Kommo once. */
const REMEMBER_MS = 10_000;
/** Kommo's own stages, the same in every pipeline. */
const OUTCOMES = new Map([
  [142, "won"],
  [143, "lost"],
] as const);

/** What settings are chosen from: as Kommo shows it now, or else as we last saw it. */
@Injectable()
export class AccountLists {
  private readonly remembered = new Map<number, { lists: FromKommo; until: number }>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly known: KnownLists,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async of(accountId: number): Promise<Lists> {
    const users: Lists["users"] = await this.tenancy.run(accountId, (tx) =>
      tx.query(
        `SELECT user_id AS id, name, is_admin AS "isAdmin" FROM kommo_user WHERE is_active ORDER BY name, user_id`,
      ),
    );
    const operators = this.config.OPENAI_MODEL;
    const known = modelsToChoose(new Date());
    const models = [
      known.find(({ id }) => id === operators) ?? { id: operators, inputDollars: null, outputDollars: null },
      ...known.filter(({ id }) => id !== operators),
    ];
    return {
      ...(await this.fromKommo(accountId)),
      users,
      models: models.map((model) => ({ ...model, retiresOn: retirementOf(model.id) })),
    };
  }

  private async fromKommo(accountId: number): Promise<FromKommo> {
    const known = this.remembered.get(accountId);
    if (known && known.until > Date.now()) return known.lists;
    try {
      const lists = await this.ask(accountId);
      this.remembered.set(accountId, { lists, until: Date.now() + REMEMBER_MS });
      return lists;
    } catch (error) {
      if (!isUnavailability(error)) throw error;
      return this.lastSeen(accountId);
    }
  }

  private async ask(accountId: number): Promise<FromKommo> {
    const kommo = await this.clients.of(accountId, "interactive");
    const [pipelines, ofLeads, ofContacts] = await Promise.all([
      kommo.pipelines(),
      kommo.fields("leads"),
      kommo.fields("contacts"),
    ]);
    // What is chosen from these is compared with what we know when it is saved.
    await this.known.keep(accountId, { pipelines, leadFields: ofLeads, contactFields: ofContacts });
    return {
      pipelines: pipelines
        .filter((pipeline) => !pipeline.is_archive)
        .map(({ id, name, _embedded }) => ({
          id,
          name,
          stages: _embedded.statuses
            .toSorted((a, b) => a.sort - b.sort)
            .map((stage) => toStage({ id: stage.id, name: stage.name, incoming: stage.type === 1 })),
        })),
      leadFields: toChoose(ofLeads),
      contactFields: toChoose(ofContacts),
      isFresh: true,
    };
  }

  private async lastSeen(accountId: number): Promise<FromKommo> {
    const made = provisioned.parse((await this.accounts.get(accountId)).provisioned);
    const pipelines = made.pipelines.map(({ id, name, statuses }) => ({ id, name, stages: statuses.map(toStage) }));
    return { pipelines, leadFields: [], contactFields: [], isFresh: false };
  }
}

/** Ours are written by us alone. */
function toChoose(fields: readonly CustomField[]): Lists["leadFields"] {
  return fields
    .filter(({ code }) => !code?.startsWith(OUR_CODES))
    .map(({ id, name, type, code }) => ({ id, name, type, code: code ?? null }));
}

type Stage = Lists["pipelines"][number]["stages"][number];

function toStage({ id, name, incoming }: { id: number; name: string; incoming: boolean }): Stage {
  return { id, name, isIncoming: incoming, outcome: OUTCOMES.get(id as 142 | 143) ?? null };
}
