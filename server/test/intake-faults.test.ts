import { IntakeRequests } from "@dealscope/shared/intake";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Installations } from "../src/installation/installations.ts";
import { Creations } from "../src/intake/creations.ts";
import { PersonErasure } from "../src/operations/person-erasure.ts";
import { Retention } from "../src/operations/retention.ts";
import { Redrive } from "../src/redrive/redrive.ts";
import { Form } from "./intake-kit.ts";
import { startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let form: Form;
let leaving: Form;
beforeAll(async () => {
  world = await startApiWorld();
  form = await Form.of(world);
  // Made before Kommo's clock is moved, which signing in depends on.
  leaving = await Form.of(world);
});
afterAll(() => world?.stop());
afterEach(() => {
  form.account.control.faults.clear();
  form.account.control.switches.set({ readLagMs: 0, badItem: "refuses-batch", textLimit: 0 });
});

const control = () => form.account.control;
const fault = (path: string, kind: "drop-before" | "drop-after" | "half-body") =>
  control().faults.add({ match: { method: "POST", path }, times: 1, effect: { kind } });
const called = async (entity: "leads" | "contacts" | "companies", name: string) =>
  (await form.everything(entity)).filter((one) => one.name.startsWith(name)).length;

/** A request of two people and a company; its creations are what is made of it. */
const request = (name: string) => ({
  company: { name },
  contacts: [1, 2, 3].map((n) => ({ name: `${name} ${n}`, email: `${name.replaceAll(" ", "-")}-${n}@fault.example` })),
});
const everything = async (name: string) => [
  await called("leads", name),
  await called("contacts", name),
  await called("companies", name),
];
const ONCE = [1, 3, 1];

interface Uncertain {
  looks: number;
  uncertain: number;
}

async function uncertain(receipt: string, looks: number) {
  await until(`it was looked for ${looks} times`, async () => {
    const [row] = await form.account.look<Uncertain>(
      `SELECT max(c.looks) AS looks, count(*) FILTER (WHERE c.unknown_since IS NOT NULL)::int AS uncertain
         FROM intake_creation c JOIN intake_request r ON r.no = c.request_no
         JOIN work w ON w.kind = 'intake' AND w.subject = r.no AND w.lease_token IS NULL
        WHERE r.receipt = $1 AND c.state = 'due'`,
      [receipt],
    );
    return row !== undefined && row.uncertain > 0 && row.looks === looks;
  });
}

/** As if so much time had passed since the request left, and the work were due. */
async function later(receipt: string, seconds: number) {
  await form.account.look(
    `UPDATE intake_creation SET unknown_since = unknown_since - $2::float8 * interval '1 second'
      WHERE request_no = (SELECT no FROM intake_request WHERE receipt = $1)`,
    [receipt, seconds],
  );
  await form.account.hurry("work");
}

describe.each([
  ["the deal", "/api/v4/leads/complex"],
  ["the other contacts", "/api/v4/contacts"],
])("%s of a request is made exactly once", (what, path) => {
  test("although Kommo's answer is lost", async () => {
    fault(path, "drop-after");
    const name = `Answer of ${what}`;
    const { id } = await form.send(request(name));
    await uncertain(id, 0);
    await later(id, 31);
    expect(await form.ended(await form.receipt(id))).toMatchObject({ status: "done", issues: [] });
    expect(await everything(name)).toEqual(ONCE);
  });

  test("although it shows up only after the first look", async () => {
    fault(path, "half-body");
    control().switches.set({ readLagMs: 60_000 });
    const name = `Late ${what}`;
    const { id } = await form.send(request(name));
    await uncertain(id, 0);
    await later(id, 31);
    await uncertain(id, 1);
    control().switches.set({ readLagMs: 0 });
    control().clock.advance({ seconds: 61 });
    await later(id, 11);
    await form.ended(await form.receipt(id));
    expect(await everything(name)).toEqual(ONCE);
  });

  test("although the request itself is lost: it is looked for twice and then sent again", async () => {
    fault(path, "drop-before");
    const name = `Lost ${what}`;
    const { id } = await form.send(request(name));
    await uncertain(id, 0);
    await later(id, 31);
    await uncertain(id, 1);
    await later(id, 11);
    await form.ended(await form.receipt(id));
    expect(await everything(name)).toEqual(ONCE);
  });

  test("and at once again when Kommo said that it did nothing", async () => {
    control().faults.add({ match: { method: "POST", path }, times: 1, effect: { kind: "answer", status: 503 } });
    const name = `Refused ${what}`;
    const { id } = await form.send(request(name));
    await until("it waits", async () => {
      const [row] = await form.account.look<{ waits: number }>(
        "SELECT waits FROM work WHERE kind = 'intake' AND subject = (SELECT no FROM intake_request WHERE receipt = $1)",
        [id],
      );
      return row?.waits === 1;
    });
    await form.account.hurry("work");
    await form.ended(await form.receipt(id));
    expect(await everything(name)).toEqual(ONCE);
  });
});

describe("a creation", () => {
  const creations = () => world.server.app.get(Creations);
  const nothing = async () => new Map<string, number>();

  /** A row that nobody has sent yet, of a request that nobody carries out. */
  async function fresh() {
    const [{ no }] = (await form.account.look(
      `WITH r AS (INSERT INTO intake_request (account_id, key_id, body_hash, state) VALUES ($1, 0, '', 'spam') RETURNING *)
       INSERT INTO intake_creation (account_id, request_no, entity, place, marker)
       SELECT account_id, no, 'contact', 0, 'DS-fence' || no FROM r RETURNING request_no AS no`,
      [form.account.id],
    )) as [{ no: number }];
    const of = { accountId: form.account.id, requestNo: no };
    const rows = await creations().read(of);
    return { ...of, rows, look: nothing };
  }

  test("whose request never left is not in doubt", async () => {
    const making = await fresh();
    const send = () => Promise.reject(new Error("There is no token."));
    await expect(creations().make({ ...making, send })).rejects.toThrow("There is no token.");
    expect((await creations().read(making))[0]!.unknownForMs).toBeNull();
  });

  test("is sent by one of two workers who have it in their hands, and by nobody who has become slow", async () => {
    const making = await fresh();
    let sent = 0;
    const send = async (_: unknown, mayLeave: () => Promise<void>) => {
      await mayLeave();
      sent++;
      throw new Error("The connection broke.");
    };
    const ends = await Promise.allSettled([
      creations().make({ ...making, send }),
      creations().make({ ...making, send }),
    ]);
    expect([sent, ends.filter(({ status }) => status === "rejected").length]).toEqual([1, 1]);
    expect((await creations().read(making))[0]!.unknownForMs).not.toBeNull();

    const slow = await fresh();
    const late = async (_: unknown, mayLeave: () => Promise<void>) => {
      // While it waited for Kommo's limit, somebody else has looked twice and taken over.
      await form.account.look("UPDATE intake_creation SET leaving = gen_random_uuid() WHERE request_no = $1", [
        slow.requestNo,
      ]);
      await mayLeave();
      sent++;
      return new Map<string, number>();
    };
    await expect(creations().make({ ...slow, send: late })).rejects.toThrow("Another worker has taken this over.");
    expect(sent).toBe(1);
  });
});

test("an outage of Kommo delays what was taken in, and loses nothing", async () => {
  control().faults.add({ match: {}, effect: { kind: "answer", status: 503 } });
  const receipts = await Promise.all([1, 2, 3, 4].map((n) => form.send(request(`Outage ${n}`))));
  await until("all of them wait", async () => {
    const { requests } = await form.admin.get(IntakeRequests, "/api/intake/requests");
    return receipts.every(({ id }) => requests.find((one) => one.id === id)?.waitingFor);
  });
  control().faults.clear();
  await form.account.hurry("work");
  for (const receipt of receipts) expect((await form.ended(receipt)).status).toBe("done");
  for (const n of [1, 2, 3, 4]) expect(await everything(`Outage ${n}`)).toEqual(ONCE);
});

async function status(to: "active" | "needs_reconnect") {
  await form.account.look("UPDATE account SET status = $2 WHERE account_id = $1", [form.account.id, to]);
  form.account.forget();
}

test("a request waits for a younger one about the same people that was quicker", async () => {
  await status("needs_reconnect");
  const receipt = await form.send(request("Overtaken"));
  const [younger] = await form.account.look<{ no: number }>(
    `INSERT INTO intake_request (account_id, key_id, body_hash, body, about, is_started)
     SELECT account_id, key_id, '', body, about, true FROM intake_request WHERE receipt = $1 RETURNING no`,
    [receipt.id],
  );
  await status("active");
  form.account.ring();
  await until("it waits", async () => {
    const [work] = await form.account.look<{ last_error: string | null }>(
      "SELECT last_error FROM work WHERE kind = 'intake' AND subject = (SELECT no FROM intake_request WHERE receipt = $1)",
      [receipt.id],
    );
    return work?.last_error === "Another request about the same people goes first.";
  });
  expect(await called("leads", "Overtaken")).toBe(0);
  await form.account.look("DELETE FROM intake_request WHERE no = $1", [younger!.no]);
  expect((await form.ended(receipt)).status).toBe("done");
});

test("who waits for another looks more and more seldom, and goes on as soon as the other has ended", async () => {
  form.account.control.faults.add({
    match: { method: "POST", path: "/api/v4/leads/complex" },
    effect: { kind: "answer", status: 503 },
  });
  const first = await form.send(request("Patient"));
  const work = async ({ id }: { id: string }) => {
    const [row] = await form.account.look<{ id: number; waits: number; due_in: number }>(
      `SELECT id, waits, extract(epoch FROM due_at - app_now())::int AS due_in FROM work
        WHERE kind = 'intake' AND subject = (SELECT no FROM intake_request WHERE receipt = $1)`,
      [id],
    );
    return row!;
  };
  await until("Kommo is away", async () => (await work(first)).waits > 0);
  const second = await form.send({ ...request("Patient"), message: "And one more thing" });
  await form.account.look("UPDATE work SET first_event_at = first_event_at - interval '1 hour' WHERE id = $1", [
    (await work(second)).id,
  ]);
  await until("it looks once a minute", async () => (await work(second)).due_in > 50);
  form.account.control.faults.clear();
  await form.account.look("UPDATE work SET due_at = app_now() WHERE id = $1", [(await work(first)).id]);
  form.account.ring();
  expect((await form.ended(second)).status).toBe("done");
  expect((await form.receipt(first.id)).status).toBe("done");
});

test("what comes in while an administrator has to reconnect waits for him", async () => {
  await status("needs_reconnect");
  const receipt = await form.send(request("Reconnected"));
  await status("active");
  form.account.ring();
  expect((await form.ended(receipt)).status).toBe("done");
});

test("what Kommo refuses of the deal comes back by field, and nothing is made", async () => {
  control().switches.set({ textLimit: 60 });
  const email = `${"long".repeat(15)}@refused.example`;
  const ended = await form.ended(
    await form.send({ contacts: [{ name: "Refused main", email, phone: "+14155558001" }] }),
  );
  expect(ended).toMatchObject({
    status: "failed",
    leadId: null,
    issues: [{ path: "contacts.0.email", message: "Kommo does not take this: This value is too long." }],
  });
  expect(await called("contacts", "Refused main")).toBe(0);
  expect((await form.send({ contacts: [{ name: "Refused main", email, phone: "+14155558001" }] })).id).not.toBe(
    ended.id,
  );
});

test.each(["refuses-batch", "refuses-item"] as const)(
  "a contact that Kommo refuses is named, and the others are made once (%s)",
  async (badItem) => {
    control().switches.set({ textLimit: 60, badItem });
    const name = `Some ${badItem}`;
    const { contacts } = request(name);
    const { id } = await form.send({
      contacts: [...contacts, { name: `${name} bad`, email: `${"long".repeat(15)}@refused.example` }],
    });
    await uncertain(id, 0);
    await later(id, 31);
    if (badItem === "refuses-batch") {
      await uncertain(id, 1);
      await later(id, 11);
    }
    const ended = await form.ended(await form.receipt(id));
    expect(ended).toMatchObject({
      status: "done",
      contactIds: [expect.any(Number), expect.any(Number), expect.any(Number), null],
      issues: [{ path: "contacts.3.email" }],
    });
    expect(await called("contacts", name)).toBe(3);
    expect(form.account.lead(ended.leadId!).contacts).toHaveLength(3);
  },
);

test("contacts that Kommo refuses without a name are sent one by one, and each refused one is an issue", async () => {
  const refuse = (times?: number) =>
    control().faults.add({
      match: { method: "POST", path: "/api/v4/contacts" },
      effect: { kind: "answer", status: 400, body: { title: "Bad Request" } },
      ...(times === undefined ? {} : { times }),
    });
  refuse();
  const calls = form.account.calls("POST /api/v4/contacts");
  const all = await form.done(request("All refused"));
  expect(all).toMatchObject({
    contactIds: [expect.any(Number), null, null],
    issues: [{ path: "contacts.1" }, { path: "contacts.2" }],
  });
  expect(form.account.calls("POST /api/v4/contacts") - calls).toBe(3);
  control().faults.clear();
  refuse(2);
  const one = await form.done(request("One refused"));
  expect(one).toMatchObject({
    contactIds: [expect.any(Number), null, expect.any(Number)],
    issues: [{ path: "contacts.1" }],
  });
  expect(form.account.lead(one.leadId).contacts.map(({ id }) => id)).toEqual(one.contactIds.filter(Boolean));
});

test("a user or stage that Kommo does not know any more costs no deal", async () => {
  const { pipelineId } = form.account.installed;
  await form.account.set({ dryRun: true, intake: { responsibleUserId: 1, pipelineId } });
  const { leadId } = await form.done(request("Stale settings"));
  expect(form.account.lead(leadId).responsible_user_id).toBe(form.account.installed.adminId);
  await form.account.set({ dryRun: true });
});

test("the reference field is made again when an administrator has deleted it", async () => {
  control().fields.remove({ account: form.account.id, entity: "leads", id: "DEALSCOPE_REFERENCE" });
  const receipt = await form.send(request("Reference gone"));
  await until("the field is there again", () =>
    control()
      .fields.list({ account: form.account.id, entity: "leads" })
      .some(({ code }) => code === "DEALSCOPE_REFERENCE"),
  );
  await form.account.hurry("work");
  expect((await form.ended(receipt)).status).toBe("done");
  expect(await everything("Reference gone")).toEqual(ONCE);
});

test.each([
  [0, "refuses-batch"],
  [2, "refuses-batch"],
  [2, "refuses-item"],
] as const)(
  "where an administrator has deleted the field for job titles, people are made without, once (%i, %s)",
  async (place, badItem) => {
    control().switches.set({ badItem });
    const position = { account: form.account.id, entity: "contacts", id: "POSITION" } as const;
    if (
      control()
        .fields.list(position)
        .some(({ code }) => code === "POSITION")
    )
      control().fields.remove(position);
    // As it was known before.
    await form.account.look(
      `UPDATE account SET provisioned = provisioned || '{"hasPosition": true}' WHERE account_id = $1`,
      [form.account.id],
    );
    form.account.forget();
    const name = `No title ${place} ${badItem}`;
    const { contacts, company } = request(name);
    const titled = contacts.map((contact, n) => (n === place ? { ...contact, title: "CEO" } : contact));
    const receipt = await form.send({ company, contacts: titled });
    await until("it is carried out", async () => {
      await later(receipt.id, 41);
      return (await form.receipt(receipt.id)).status === "done";
    });
    expect(await everything(name)).toEqual(ONCE);
    expect((await form.receipt(receipt.id)).issues).toEqual([]);
  },
);

test("what is given up says so, and goes on when it is tried again", async () => {
  control().faults.add({
    match: { method: "GET", path: "/api/v4/contacts" },
    effect: { kind: "answer", status: 400, body: {} },
  });
  const receipt = await form.send(request("Given up"));
  await until("it is given up", async () => {
    await form.account.hurry("work");
    return (await form.receipt(receipt.id)).status === "failed";
  });
  control().faults.clear();
  await world.server.app.get(Redrive).putBack(form.account.id, "a test");
  await until("it is done", async () => (await form.receipt(receipt.id)).status === "done");
  expect(await everything("Given up")).toEqual(ONCE);
});

test("words of a request are kept no longer than they are needed, and go with the person", async () => {
  const { leadId, contactIds } = await form.done({ ...request("Forgotten"), message: "Remember me" });
  const rows = () => form.account.look("SELECT body, about, plan FROM intake_request WHERE lead_id = $1", [leadId]);
  expect(await rows()).toEqual([{ body: null, about: [], plan: null }]);
  control().faults.add({ match: {}, effect: { kind: "answer", status: 503 } });
  const waiting = await form.send({ ...request("Forgotten"), message: "Once more" });
  control().contacts.remove({ account: form.account.id, id: contactIds[0]! });
  await world.server.app.get(PersonErasure).erase(form.account.id, contactIds[0]!);
  expect(await form.receipt(waiting.id)).toMatchObject({ status: "failed" });
  const left = await form.account.look(
    "SELECT row_to_json(r)::text AS row FROM intake_request r WHERE account_id = $1",
    [form.account.id],
  );
  expect(JSON.stringify(left)).not.toMatch(/Forgotten|Remember|Once more/i);
});

test("requests and what they have made go when they are old, and not while they wait", async () => {
  const { id } = await form.done(request("Old"));
  control().faults.add({ match: {}, effect: { kind: "answer", status: 503 } });
  const waiting = await form.send(request("Old and waiting"));
  await form.account.look(
    "UPDATE intake_request SET received_at = app_now() - interval '31 days' WHERE receipt = ANY($1)",
    [[id, waiting.id]],
  );
  await world.server.app.get(Retention).prune(form.account.id);
  const left = await form.account.look(
    `SELECT receipt FROM intake_request WHERE account_id = $1 AND received_at < app_now() - interval '30 days'`,
    [form.account.id],
  );
  expect(left).toEqual([{ receipt: waiting.id }]);
  const [{ orphans }] = (await form.account.look(
    `SELECT count(*)::int AS orphans FROM intake_creation c
      WHERE NOT EXISTS (SELECT FROM intake_request r WHERE r.no = c.request_no)`,
  )) as [{ orphans: number }];
  expect(orphans).toBe(0);
  control().faults.clear();
  await form.account.hurry("work");
  expect((await form.ended(waiting)).status).toBe("done");
});

test("what waits when an account leaves is not carried out, and stands in nobody's way when it comes back", async () => {
  leaving.account.control.faults.add({
    match: { account: leaving.account.id },
    effect: { kind: "answer", status: 503 },
  });
  const { id } = await leaving.send(request("Left"));
  await world.server.app.get(Installations).leave(leaving.account.id, "a test");
  const [row] = await leaving.account.look("SELECT state, body, about FROM intake_request WHERE receipt = $1", [id]);
  expect(row).toEqual({ state: "failed", body: null, about: [] });
});
