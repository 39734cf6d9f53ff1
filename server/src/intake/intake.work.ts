import { Settings } from "@dealscope/shared/settings";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { Clients } from "../installation/clients.ts";
import { PROVISION } from "../installation/installations.ts";
import { type Provisioned, provisioned, REFERENCED } from "../installation/provisioning.ts";
import { countryOfNumbers } from "../leads/contact-address.ts";
import { nameContacts } from "../leads/lead-rows.ts";
import { backoffMs } from "../work/failure.ts";
import { Work } from "../work/work.ts";
import { type Again, type Decision, type WorkItem, type WorkKind, waitsFor } from "../work/work-kind.ts";
import { markerFor } from "../write-back/marker.ts";
import { placeOf } from "./cards.ts";
import { FieldGone } from "./complaints.ts";
import { Ending } from "./ending.ts";
import { type Entity, INTAKE, nextInLine, type Plan, type Request, savePlan, startRequest } from "./intake-rows.ts";
import { Maker } from "./maker.ts";
import { Planner } from "./planner.ts";
import { aboutOf, plainName } from "./read-wish.ts";

/** Carries out what forms have sent: looks who is known, decides, makes what is missing, links it, and tells. */
@Injectable()
export class IntakeWork implements WorkKind, OnModuleInit {
  readonly kind = INTAKE;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly work: Work,
    private readonly planner: Planner,
    private readonly maker: Maker,
    private readonly ending: Ending,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const { accountId, subject: no } = item;
    const request = await this.tenancy.run(accountId, (tx) => startRequest(tx, accountId, no));
    if (!request) return {};
    if (request === "behind") return { again: behind(item) };
    const account = await this.accounts.get(accountId);
    const made = provisioned.parse(account.provisioned);
    if (!REFERENCED.every((entity) => made.references.includes(entity))) return { again: notReady(item) };
    const settings = Settings.parse(account.settings);
    return request.plan
      ? this.carryOut(accountId, settings, made, request, request.plan)
      : this.decide(accountId, settings, made, request);
  }

  /** For a person to look at: tried again, it goes on where it stopped. */
  async onDead(tx: Tx, { accountId, subject }: WorkItem) {
    const message = "This could not be carried out. It goes on when an administrator has it tried again.";
    const [given]: [{ about: string[] }[]] = await tx.query(
      "UPDATE intake_request SET state = 'failed', issues = $2 WHERE no = $1 AND body IS NOT NULL RETURNING about",
      [subject, JSON.stringify([{ path: "", message }])],
    );
    for (const { about } of given) await this.letNextGo(tx, accountId, about);
  }

  private async decide(accountId: number, settings: Settings, made: Provisioned, request: Request): Promise<Decision> {
    const { plan, found } = await this.planner.plan(
      {
        accountId,
        kommo: await this.clients.of(accountId, "qualification"),
        country: countryOfNumbers(settings.intake.country, made.country),
        extendsIn: settings.intake.extendOpenDeals ? placeOf(settings.intake, made).pipelineId : undefined,
      },
      request,
    );
    const doubted = new Set(
      plan.doubts.flatMap(({ entity, place, otherIds }) =>
        entity === "contact" ? [plan.contactIds[place], ...otherIds] : [],
      ),
    );
    return {
      keep: async (tx) => {
        await savePlan(tx, accountId, request.no, plan, toMake(accountId, request, plan));
        // Whoever has to say whether they are the same sees their names, also of those who are in no deal.
        await nameContacts(
          tx,
          accountId,
          found.filter(({ id }) => doubted.has(id)),
        );
      },
      again: goesOn(0, "It is decided what to make."),
    };
  }

  private async carryOut(
    accountId: number,
    settings: Settings,
    made: Provisioned,
    request: Request,
    plan: Plan,
  ): Promise<Decision> {
    const kommo = await this.clients.of(accountId, "qualification");
    const place = placeOf(settings.intake, made);
    try {
      const sent = made.hasPosition ? request : withoutTitles(request);
      const step = await this.maker.make({ accountId, kommo, place, request: sent, plan });
      if ("again" in step) return { again: step.again };
      if ("leadGone" in step) return this.takeNewLead(accountId, request, plan);
      return {
        keep: async (tx) => {
          if ("refused" in step) await this.ending.refused(tx, request, step.refused);
          else await this.ending.done(tx, accountId, settings, request, plan, step.result);
          await this.letNextGo(tx, accountId, aboutOf(request.wish));
        },
      };
    } catch (error) {
      if (!(error instanceof FieldGone)) throw error;
      await this.tenancy.run(accountId, (tx) =>
        this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "qualification" }]),
      );
      throw error;
    }
  }

  private async letNextGo(tx: Tx, accountId: number, about: readonly string[]) {
    const next = await nextInLine(tx, about);
    await this.work.schedule(
      tx,
      accountId,
      next.map((subject) => ({ kind: INTAKE, subject, priority: "qualification" })),
    );
  }

  /** The deal that was to be extended was deleted meanwhile: its words are worth a new one. */
  private takeNewLead(accountId: number, request: Request, before: Plan): Decision {
    const plan: Plan = { ...before, leadId: null, hasCompany: request.wish.company !== "" };
    return {
      keep: (tx) => savePlan(tx, accountId, request.no, plan, toMake(accountId, request, plan)),
      again: goesOn(0, "The deal that was to be extended is gone; there will be a new one."),
    };
  }
}

/** Where contacts have no field for titles, they stand in the note of what was sent only. */
function withoutTitles(request: Request): Request {
  const people = request.wish.people.map((person) => ({ ...person, title: undefined }));
  return { ...request, wish: { ...request.wish, people } };
}

function toMake(accountId: number, { no, wish }: Request, plan: Plan) {
  const row = (entity: Entity, place: number, name: string | null = null) => ({
    entity,
    place,
    marker: markerFor(accountId, "intake", no, entity, place),
    name,
  });
  return [
    ...(plan.leadId === null ? [row("lead", 0)] : []),
    ...plan.contactIds.flatMap((id, place) => (id === null ? [row("contact", place)] : [])),
    ...(plan.hasCompany && plan.companyId === null ? [row("company", 0, plainName(wish.company))] : []),
  ];
}

/** Whoever goes first lets the next one go. Should that be missed, it looks by itself, the longer it waits the more seldom. */
function behind({ firstEventAt }: WorkItem): Again {
  const waitedMs = Date.now() - firstEventAt.getTime();
  return goesOn(Math.min(Math.max(waitedMs, 500), 60_000), "Another request about the same people goes first.");
}

function goesOn(afterMs: number, why: string): Again {
  return { afterMs, counts: "nothing", why };
}

function notReady(item: WorkItem): Again {
  const on = "the reference field";
  return {
    afterMs: backoffMs(waitsFor(item, on), undefined),
    counts: "wait",
    on,
    why: "Kommo does not have the field Dealscope reference yet, by which we find again what we have made.",
  };
}
