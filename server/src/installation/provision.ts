import { Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import type { KommoClient } from "../kommo/client.ts";
import { KommoForbidden, KommoRejected } from "../kommo/errors.ts";
import { scopesIn } from "../kommo/oauth.ts";
import type { CustomField } from "../kommo/resources.ts";
import { isUrgent } from "../queue/priority.ts";
import { Work } from "../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../work/work-kind.ts";
import { Accounts } from "./accounts.ts";
import { chatHistoryOf } from "./chat-history.ts";
import { Clients } from "./clients.ts";
import { PROVISION, SCAN } from "./installations.ts";
import { KommoSettings } from "./kommo-settings.ts";
import {
  type LeadField,
  leadFields,
  optionalSubscriptions,
  type Provisioned,
  provisioned,
  REFERENCED,
  referenceField,
  subscriptions,
} from "./provisioning.ts";
import { Sealing } from "./sealing.ts";
import { Tokens } from "./tokens.ts";
import { Users } from "./users.ts";

interface Vocabulary {
  /** Become the options of the segment field. */
  segments: { key: string; name: string }[];
  /** Are made before they are needed, so that an admin can build filters on them. */
  tags: string[];
}

type VocabularySource = (tx: Tx, accountId: number) => Promise<Vocabulary>;

/**
 * Makes in the account what Dealscope needs, and finds it again when it is there: lead fields, the webhook, the users'
 * mirror. Safe to repeat at any time; each part is saved when it is done.
 */
@Injectable()
export class Provision implements WorkKind, OnModuleInit {
  readonly kind = PROVISION;
  private readonly log = new Logger("installation");
  private vocabularyOf: VocabularySource = async () => ({ segments: [], tags: [] });
  private needsReferences: (tx: Tx) => Promise<boolean> = async () => false;
  private completes: (tx: Tx, accountId: number) => Promise<void> = async () => {};

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly settings: KommoSettings,
    private readonly sealing: Sealing,
    private readonly users: Users,
    private readonly tokens: Tokens,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  /** Qualification knows what the account calls its segments. */
  vocabularyFrom(source: VocabularySource) {
    this.vocabularyOf = source;
  }

  /** Intake knows whether anything will be made that has to be found again. */
  referencesWhen(needed: (tx: Tx) => Promise<boolean>) {
    this.needsReferences = needed;
  }

  /** Qualification puts right what was written while a field or an option was missing. */
  whenMade(completes: (tx: Tx, accountId: number) => Promise<void>) {
    this.completes = completes;
  }

  async run({ accountId, priority }: WorkItem): Promise<Decision> {
    const kommo = await this.clients.of(accountId, isUrgent(priority) ? "interactive" : "backfill");
    await this.users.mirror(accountId, kommo);
    const problems: string[] = [];
    const { segments, tags } = await this.tenancy.run(accountId, (tx) => this.vocabularyOf(tx, accountId));
    const { made, ...found } = await this.fields(kommo, segments, problems);
    await this.save(accountId, found);
    await this.save(accountId, { references: await this.references(accountId, kommo, problems) });
    await kommo.ensureLeadTags(tags);
    await this.save(accountId, { webhook: await this.webhook(accountId, kommo, problems) });
    await this.save(accountId, await this.limits(accountId, kommo));
    await this.save(accountId, {
      pipelines: (await kommo.pipelines()).map(({ id, name, _embedded }) => ({
        id,
        name,
        statuses: _embedded.statuses.map((s) => ({ id: s.id, name: s.name, incoming: s.type === 1 })),
      })),
      problems,
      completedAt: new Date().toISOString(),
    });
    this.log.log(
      `Account ${accountId} is provisioned${problems.length ? ` with problems: ${problems.join(" ")}` : ""}.`,
    );
    // The scan asks for its next run itself; this is how the first one begins, and how a lost one begins again.
    return {
      keep: async (tx) => {
        await this.work.ensure(tx, accountId, { kind: SCAN, subject: accountId, priority: "backfill" });
        if (made) await this.completes(tx, accountId);
      },
    };
  }

  private async fields(kommo: KommoClient, segments: Vocabulary["segments"], problems: string[]) {
    const found = new Map((await kommo.fieldsOf("leads")).map((field) => [field.code, field]));
    const missing = (Object.keys(leadFields) as LeadField[]).filter((key) => !found.has(leadFields[key].code));
    const added =
      missing.length === 0
        ? []
        : await kommo.addFields(
            "leads",
            missing.map((key) => definition(key, segments)),
          );
    for (const field of added) found.set(field.code, field);

    const fields: Provisioned["fields"] = {};
    const wrongTypes: LeadField[] = [];
    for (const key of Object.keys(leadFields) as LeadField[]) {
      const { code, type, name } = leadFields[key];
      const field = found.get(code);
      if (field?.type === type) fields[key] = field.id;
      else {
        wrongTypes.push(key);
        problems.push(
          `The field with the code ${code} is not of the type ${type}, so "${name}" is not written. Delete that field in Kommo or give it another code, then repair.`,
        );
      }
    }
    const options = await this.segmentOptions(kommo, found.get(leadFields.segment.code), segments);
    return { fields, wrongTypes, segments: options.ids, made: added.length > 0 || options.made };
  }

  private async references(
    accountId: number,
    kommo: KommoClient,
    problems: string[],
  ): Promise<Provisioned["references"]> {
    if (!(await this.tenancy.run(accountId, this.needsReferences))) return [];
    const { code, type, name } = referenceField;
    const ready: Provisioned["references"] = [];
    for (const entity of REFERENCED) {
      const found = (await kommo.fieldsOf(entity)).find((field) => field.code === code);
      const field = found ?? (await kommo.addFields(entity, [{ name, code, type, is_api_only: true }]))[0];
      if (field?.type === type) ready.push(entity);
      else {
        problems.push(
          `The field of ${entity} with the code ${code} is not of the type ${type}, so requests of forms wait. Delete that field in Kommo or give it another code, then repair.`,
        );
      }
    }
    return ready;
  }

  /** Options of a select are replaced as a whole, so the existing ones are sent along with their ids. */
  private async segmentOptions(
    kommo: KommoClient,
    field: CustomField | undefined,
    segments: { key: string; name: string }[],
  ) {
    if (field?.type !== "select") return { ids: {}, made: false };
    const byCode = (f: CustomField) => new Map(f.enums.map((option) => [option.code ?? option.value, option]));
    let options = byCode(field);
    const missing = segments.filter(({ key, name }) => !options.has(enumCode(key)) && !options.has(name));
    if (missing.length > 0) {
      const kept = field.enums.map(({ id, value, code }, sort) => ({ id, value, sort, ...(code ? { code } : {}) }));
      const added = missing.map(({ key, name }, i) => ({ value: name, code: enumCode(key), sort: kept.length + i }));
      await kommo.updateLeadField(field.id, { enums: [...kept, ...added] });
      const again = (await kommo.fieldsOf("leads")).find((f) => f.id === field.id);
      options = byCode(again ?? field);
    }
    const ids = segments.map(({ key, name }) => [key, (options.get(enumCode(key)) ?? options.get(name))?.id] as const);
    const known = ids.filter((entry): entry is [string, number] => entry[1] !== undefined);
    return { ids: Object.fromEntries(known), made: missing.length > 0 };
  }

  /** What the grant, the plan and the clocks allow; told to administrators, needed by nothing here. */
  private async limits(accountId: number, kommo: KommoClient): Promise<Partial<Provisioned>> {
    const scopes = scopesIn(await this.tokens.of(accountId)) ?? null;
    const [talk] = await this.tenancy.run(accountId, (tx) =>
      tx.query("SELECT talk_id FROM message WHERE talk_id IS NOT NULL ORDER BY at DESC LIMIT 1"),
    );
    const state = await chatHistoryOf(kommo, talk?.talk_id, scopes);
    const checkedAt = new Date().toISOString();
    const { country } = await kommo.account();
    const aheadMs = this.clients.clockAhead(accountId);
    return {
      country,
      scopes,
      chatHistory: { state, checkedAt },
      clock: aheadMs === undefined ? null : { aheadMs: Math.round(aheadMs), checkedAt },
    };
  }

  private async webhook(accountId: number, kommo: KommoClient, problems: string[]): Promise<Provisioned["webhook"]> {
    const { pathKeySealed } = await this.accounts.get(accountId);
    const destination = this.settings.webhookUrl(this.sealing.open(pathKeySealed));
    const checkedAt = new Date().toISOString();
    const heard = async () => {
      const [hook] = await kommo.webhooks(destination);
      return hook && !hook.disabled ? hook.settings : [];
    };
    try {
      let codes = await heard();
      if (![...subscriptions, ...optionalSubscriptions].every((code) => codes.includes(code))) {
        await this.subscribe(kommo, destination);
        codes = await heard();
      }
      if (!subscriptions.every((code) => codes.includes(code))) {
        const why = "Kommo accepted the webhook but does not list it as subscribed.";
        return { state: "unavailable", why, checkedAt };
      }
      for (const code of optionalSubscriptions.filter((one) => !codes.includes(one))) {
        problems.push(`Kommo does not send the webhook ${code} here; what it would tell is found a little later.`);
      }
      return { state: "subscribed", why: null, checkedAt };
    } catch (error) {
      // The plan has no webhooks, or 100 are taken: the scan alone must do.
      if (!(error instanceof KommoForbidden || error instanceof KommoRejected)) throw error;
      return { state: "unavailable", why: error.message, checkedAt };
    }
  }

  /** A code that Kommo does not know makes it refuse the whole list. */
  private async subscribe(kommo: KommoClient, destination: string) {
    try {
      await kommo.subscribe(destination, [...subscriptions, ...optionalSubscriptions]);
    } catch (error) {
      if (!(error instanceof KommoRejected)) throw error;
      await kommo.subscribe(destination, subscriptions);
    }
  }

  private async save(accountId: number, part: Partial<Provisioned>) {
    await this.tenancy.run(accountId, async (tx) => {
      const account = await this.accounts.read(tx, accountId);
      const whole = provisioned.parse({ ...account.provisioned, ...part });
      await tx.query("UPDATE account SET provisioned = $1", [JSON.stringify(whole)]);
    });
    this.accounts.forget(accountId);
  }
}

function definition(key: LeadField, segments: { key: string; name: string }[]) {
  const { code, type, name } = leadFields[key];
  // Only the API may write what the model says; a hand edit is an override and has its own button.
  const field = { name, code, type, is_api_only: true, request_id: key };
  if (type !== "select") return field;
  return {
    ...field,
    enums: segments.map((segment, sort) => ({ value: segment.name, code: enumCode(segment.key), sort })),
  };
}

function enumCode(segmentKey: string): string {
  return segmentKey.toUpperCase();
}
