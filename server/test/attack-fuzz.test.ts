import { ApiError } from "@dealscope/shared/api-error";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nameOf, type Operation, operationsOf, takes } from "./attack-document.ts";
import { Target } from "./attack-target.ts";
import { Crowd, forEach } from "./crowd.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { nastyText, type Spoiling, spoil, spoiling } from "./nasty.ts";
import { fromElsewhere } from "./visitors.ts";
import { type Answer, ask } from "./widget-api-kit.ts";
import { until } from "./world.ts";

/** Two thousand bodies in all; a failure prints the seed that repeats it. */
const AT_ONCE = 40;
const RUNS = { api: 35, addresses: 5, forms: 5, webhooks: 10 };
/** Beyond this Node itself answers, before any of ours. */
const LONGEST_IN_ADDRESS = 5_000;

let world: EngagementWorld;
let target: Target;
let crowd: Crowd;
let operations: Operation[];
beforeAll(async () => {
  world = await startEngagementWorld();
  target = await Target.of(world, "Zanzibar", 700);
  crowd = await Crowd.of(world, target.account.id, 60);
  operations = (await operationsOf(world)).filter((one) => takes(one, "session"));
});
afterAll(() => world?.stop());

/** A fault of ours, or a refusal that is not in the documented form or shows what is behind it. */
function faultIn({ status, body }: Answer): string | undefined {
  if (status >= 500) return `${status} ${JSON.stringify(body)}`;
  if (status < 400) return undefined;
  const { data } = ApiError.safeParse(body);
  if (!data) return `${status} in no known form: ${JSON.stringify(body).slice(0, 300)}`;
  const shows = /\b(SELECT|INSERT|relation|column|syntax|undefined is not|TypeError|node_modules|\.ts:)\b/.exec(
    data.error.message,
  );
  return shows ? `shows ${shows[0]}: ${data.error.message}` : undefined;
}

async function hold<T>(runs: number, one: fc.Arbitrary<T>, faultOf: (wish: T) => Promise<string | undefined>) {
  const wishes = fc.array(one, { minLength: AT_ONCE, maxLength: AT_ONCE });
  await fc.assert(
    fc.asyncProperty(wishes, async (all) => {
      const faults: string[] = [];
      await forEach(all, async (wish) => {
        const fault = await faultOf(wish);
        if (fault) faults.push(`${fault} after ${JSON.stringify(wish).slice(0, 500)}`);
      });
      expect(faults).toEqual([]);
    }),
    { numRuns: runs, endOnFailure: true },
  );
}

const spoilt = (value: unknown, by: Spoiling[]) => by.reduce(spoil, value);

test("no body that people with all rights send is a fault of ours, or refused in other words than are documented", async () => {
  const withBody = operations.filter((one) => one.described.requestBody);
  const wish = fc.record({ which: fc.nat(), by: fc.array(spoiling, { minLength: 1, maxLength: 3 }) });
  await hold(RUNS.api, wish, async ({ which, by }) => {
    const one = withBody[which % withBody.length]!;
    const [path, asked] = target.request(one);
    const fault = faultIn(await crowd.ask(path, { ...asked, body: spoilt(asked.body, by) ?? "" }));
    return fault && `${nameOf(one)}: ${fault}`;
  });
});

test("nor is what stands in an address", async () => {
  const reading = operations.filter((one) => one.method === "GET");
  const wish = fc.record({ which: fc.nat(), name: fc.nat(), text: nastyText });
  await hold(RUNS.addresses, wish, async ({ which, name, text }) => {
    const one = reading[which % reading.length]!;
    const [path] = target.request(one);
    const names = (one.described.parameters ?? []).flatMap((p) => ("in" in p && p.in === "query" ? [p.name] : []));
    const query =
      names.length > 0 ? new URLSearchParams({ [names[name % names.length]!]: text.slice(0, LONGEST_IN_ADDRESS) }) : "";
    const inPath = one.path.replaceAll(/\{\w+\}/g, encodeURIComponent(text.toWellFormed().slice(0, 60)));
    const url = names.length > 0 ? `${path.split("?")[0]}?${query}` : inPath;
    const fault = faultIn(await crowd.ask(url));
    return fault && `${nameOf(one)}: ${fault}`;
  });
});

test("nor is what strangers send to a form", async () => {
  const body = {
    deal: { name: "ERP", price: "1200" },
    company: { name: "ACME" },
    contacts: [{ name: "Ana", email: "ana@form.example", phone: "+49 171 5550199", title: "CEO", role: "" }],
    message: "Hello",
    homepage: "",
  };
  await hold(RUNS.forms, fc.array(spoiling, { minLength: 1, maxLength: 3 }), async (by) => {
    const wish = { method: "POST" as const, body: spoilt(body, by) ?? "", headers: fromElsewhere() };
    return faultIn(await ask(world, `/intake/${target.things.formKey}`, wish));
  });
});

test("webhooks of any content are taken, and none of them is tried for ever or brings work that fails", async () => {
  const { destination } = target.account.control.hooks.list({ account: target.account.id })[0]!;
  const id = String(target.account.id);
  const lead = { id: "4711", name: "ERP", status_id: "1", pipeline_id: "1", responsible_user_id: "1", price: "5" };
  const times = { created_at: "1790000000", updated_at: "1790000100", last_modified: "1790000100" };
  const message = { id: "m1", talk_id: "7", chat_id: "c", contact_id: "8", text: "Hi", type: "incoming", ...times };
  const body = {
    leads: { add: [{ ...lead, ...times }], update: [lead], status: [{ ...lead, old_status_id: "2" }], delete: [lead] },
    contacts: {
      add: [{ id: "8", name: "Ana", type: "contact", linked_leads_id: { "4711": { ID: "4711" } }, ...times }],
    },
    message: { add: [{ ...message, entity_type: "lead", entity_id: "4711" }] },
    talk: { update: [{ talk_id: "7", entity_id: "4711", entity_type: "lead", is_in_work: "1", ...times }] },
    note: { add: [{ note: { id: "9", element_id: "4711", element_type: "2", note_type: "4", text: "Hi", ...times } }] },
  };
  await hold(RUNS.webhooks, fc.array(spoiling, { minLength: 1, maxLength: 4 }), async (by) => {
    const form = [`account[id]=${id}`, ...pairsOf(spoilt(body, by))].join("&");
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(destination, { method: "POST", body: form, headers });
    return answer.status === 204 ? undefined : String(answer.status);
  });
  await until("all are dealt with", async () => {
    const waiting = await target.account.look("SELECT FROM delivery WHERE state = 'new'");
    return waiting.length === 0;
  });
  const failed = "SELECT last_error FROM delivery WHERE attempts > 1 AND account_id = $1";
  expect(await target.account.look(failed, [target.account.id])).toEqual([]);
  const given = "SELECT kind, subject, last_error FROM work WHERE state = 'dead' AND account_id = $1";
  expect(await target.account.look(given, [target.account.id])).toEqual([]);
});

/** As PHP writes a form. */
function pairsOf(value: unknown, name = ""): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      pairsOf(inner, name === "" ? encoded(key) : `${name}[${encoded(key)}]`),
    );
  }
  return [`${name}=${encoded(String(value ?? ""))}`];
}

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
