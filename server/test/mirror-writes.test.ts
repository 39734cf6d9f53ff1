import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { CommitteeInKommo } from "./mirror-kit.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let kommo: CommitteeInKommo;
let numberField: number;
let listId: number;

beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world, { dryRun: true, committee: { mirrorList: true } });
  kommo = new CommitteeInKommo(account);
  await kommo.provision();
  listId = (await kommo.list())!.id;
  const [made] = (await kommo.ask("POST", "contacts/custom_fields", [{ name: "Weight", type: "numeric" }]))._embedded
    .custom_fields;
  numberField = made.id;
});
afterAll(() => world?.stop());
afterEach(() => {
  account.control.faults.clear();
  account.control.switches.set({ readLagMs: 0, badItem: "refuses-batch" });
});

const weigh = (contactId: number, value: number | null, leadId: number, seen?: number | null) =>
  ({
    leadId,
    origin: "qualification",
    target: "contact",
    body: {
      contactId,
      values: [
        {
          field: numberField,
          values: value === null ? null : [{ value }],
          ...(seen === undefined ? {} : { seen: seen === null ? null : [{ value: seen }] }),
        },
      ],
    },
  }) as const;
const weightOf = async (contactId: number) => (await kommo.contactFields(contactId))[String(numberField)];
const newest = async (target: string) => (await kommo.rows(target)).at(-1);

describe("changes of contacts", () => {
  test("rows of one contact that come from several deals are one change, and the newest counts", async () => {
    const contactId = kommo.contact({ name: "Folded" });
    const [one, other] = [account.create({ name: "One" }), account.create({ name: "Other" })];
    const before = account.calls("PATCH /api/v4/contacts");
    await kommo.put(weigh(contactId, 10, other), weigh(contactId, 30, one));
    await account.quiet();
    expect(await weightOf(contactId)).toBe("30");
    expect(account.calls("PATCH /api/v4/contacts") - before).toBe(1);
  });

  test("what a contact shows already is not written again", async () => {
    const contactId = kommo.contact({ name: "Equal" });
    const leadId = account.create({ name: "Equal" });
    await kommo.put(weigh(contactId, 40, leadId));
    await account.quiet();
    const before = account.calls("PATCH /api/v4/contacts");
    await kommo.put(weigh(contactId, 40, leadId));
    await account.quiet();
    expect(await newest("contact")).toMatchObject({ state: "sent", outcome: "equal" });
    expect(account.calls("PATCH /api/v4/contacts")).toBe(before);
  });

  test("who changes the field in Kommo before our write gets there wins", async () => {
    const contactId = kommo.contact({ name: "Quicker" });
    const leadId = account.create({ name: "Quicker" });
    kommo.edit(contactId, { Weight: 77 });
    await kommo.put(weigh(contactId, 50, leadId, null));
    await account.quiet();
    expect(await weightOf(contactId)).toBe("77");
    expect(await newest("contact")).toMatchObject({ state: "superseded" });
  });

  test("while a change of a contact is under way elsewhere, its others wait", async () => {
    const contactId = kommo.contact({ name: "Busy" });
    const leadId = account.create({ name: "Busy" });
    const lease = (until: string) =>
      account.look(
        `UPDATE write SET lease_token = gen_random_uuid(), leased_until = app_now() ${until} WHERE thing = $1 AND state = 'due'`,
        [`contact ${contactId}`],
      );
    await kommo.put({ ...weigh(contactId, 1, leadId), leadId });
    await account.quiet();
    await account.look("UPDATE write SET state = 'due', outcome = NULL, ended_at = NULL WHERE thing = $1", [
      `contact ${contactId}`,
    ]);
    await lease("+ interval '1 minute'");
    const other = kommo.contact({ name: "Not busy" });
    await kommo.put(weigh(contactId, 2, leadId), weigh(other, 3, leadId));
    await until("the other contact is written", async () => (await weightOf(other)) === "3");
    expect(await weightOf(contactId)).toBe("1");
    await lease("- interval '1 second'");
    account.ring();
    await account.quiet();
    expect(await weightOf(contactId)).toBe("2");
  });

  test("a contact that is gone ends its rows", async () => {
    const contactId = kommo.contact({ name: "Gone" });
    const leadId = account.create({ name: "Gone" });
    account.control.contacts.remove({ account: account.id, id: contactId });
    await kommo.put(weigh(contactId, 1, leadId));
    await account.quiet();
    expect(await newest("contact")).toMatchObject({ state: "dead", outcome: "The contact is gone." });
  });

  test("fifty contacts go in one call", async () => {
    const leadId = account.create({ name: "Fifty" });
    const ids = Array.from({ length: 50 }, (_, n) => kommo.contact({ name: `Of fifty ${n}` }));
    await account.quiet();
    const before = account.calls("PATCH /api/v4/contacts");
    await kommo.put(...ids.map((id, n) => weigh(id, n, leadId)));
    await account.quiet();
    expect(await Promise.all(ids.map(weightOf))).toEqual(ids.map((_, n) => String(n)));
    expect(account.calls("PATCH /api/v4/contacts") - before).toBe(1);
  });

  test.each(["refuses-batch", "refuses-item"] as const)(
    "one field that Kommo does not know costs only that field, when Kommo %s",
    async (badItem) => {
      account.control.switches.set({ badItem });
      const leadId = account.create({ name: "Bad item" });
      const ids = Array.from({ length: 5 }, (_, n) => kommo.contact({ name: `${badItem} ${n}` }));
      const bad = { field: 1, values: [{ value: 1 }] };
      await kommo.put(
        ...ids.map((id, n) => {
          const write = weigh(id, 60 + n, leadId);
          return n === 2 ? { ...write, body: { ...write.body, values: [bad, ...write.body.values] } } : write;
        }),
      );
      await account.quiet();
      expect(await Promise.all(ids.map(weightOf))).toEqual(ids.map((_, n) => String(60 + n)));
      const rows = (await kommo.rows("contact")).slice(-5);
      expect(rows.map((row) => row.outcome)).toEqual(["sent", "sent", "sent, refused: 1", "sent", "sent"]);
    },
  );

  test("Kommo away for a while delays a change, counts no attempt against it and loses none", async () => {
    const contactId = kommo.contact({ name: "Patient" });
    const leadId = account.create({ name: "Patient" });
    account.control.faults.add({
      match: { method: "PATCH", path: "/api/v4/contacts" },
      times: 2,
      effect: { kind: "answer", status: 500 },
    });
    await kommo.put(weigh(contactId, 15, leadId));
    await until("it is written", async () => {
      await account.hurry("write");
      return (await weightOf(contactId)) === "15";
    });
    await account.quiet();
    expect(await newest("contact")).toMatchObject({ state: "sent", attempts: 0 });
  });
});

/** A contact or an element that does not exist yet, for a new lead of the same name. */
const creations = [
  {
    what: "contact",
    path: "/api/v4/contacts",
    put: (name: string, marker: string, leadId: number) =>
      kommo.put({
        leadId,
        origin: "rep",
        target: "contact_new",
        body: { name, values: [{ field: "EMAIL", values: [{ value: "ana@example.com", enumCode: "WORK" }] }] },
        marker,
      }),
    target: "contact_new",
    linked: (leadId: number) => kommo.linkedTo(leadId, "contacts"),
    named: (name: string) => kommo.contactsNamed(name),
  },
  {
    what: "list element",
    path: "/api/v4/catalogs/:id/elements",
    put: (name: string, marker: string, leadId: number) =>
      kommo.put({ leadId, origin: "rep", target: "element", body: { listId, name, values: [] }, marker }),
    target: "element",
    linked: (leadId: number) => kommo.linkedTo(leadId, "catalog_elements"),
    named: async (name: string) => (await kommo.elements(listId)).filter((element) => element.name === name),
  },
];

describe.each(creations)("a new $what", ({ what, path, put, target, linked, named }) => {
  const url = () => path.replace(":id", String(listId));
  const uncertain = (waits: number) =>
    until("its outcome is not known", async () => {
      const [row] = await account.look<{ waits: number }>(
        "SELECT waits FROM write WHERE target = $1 AND state = 'due' AND outcome_unknown_since IS NOT NULL AND lease_token IS NULL",
        [target],
      );
      return row?.waits === waits;
    });
  const later = async (seconds: number) => {
    await account.look(
      `UPDATE write SET due_at = app_now(), outcome_unknown_since = outcome_unknown_since - $1::float8 * interval '1 second'
        WHERE target = $2 AND state = 'due'`,
      [seconds, target],
    );
    account.ring();
  };

  test("carries its mark and is linked to the deal", async () => {
    const leadId = account.create({ name: `New ${what}` });
    await put(`New ${what}`, `DS-new${what.slice(0, 5)}`, leadId);
    await account.quiet();
    const [made, ...others] = await named(`New ${what}`);
    expect(others).toEqual([]);
    expect(made?.custom_fields_values).toContainEqual(
      expect.objectContaining({
        field_code: "DEALSCOPE_REFERENCE",
        values: [expect.objectContaining({ value: `DS-new${what.slice(0, 5)}` })],
      }),
    );
    expect(await linked(leadId)).toEqual([made?.id]);
  });

  test("is made once although Kommo's answer is lost, and linked all the same", async () => {
    const leadId = account.create({ name: `Lost ${what}` });
    account.control.faults.add({ match: { method: "POST", path: url() }, times: 1, effect: { kind: "drop-after" } });
    await put(`Lost ${what}`, `DS-lost${what.slice(0, 4)}`, leadId);
    await uncertain(1);
    await later(31);
    await account.quiet();
    expect((await named(`Lost ${what}`)).map(({ id }) => id)).toEqual(await linked(leadId));
    expect(await newest(target)).toMatchObject({ state: "sent", outcome: "found by its mark" });
  });

  test("is sent again when the request itself was lost", async () => {
    const leadId = account.create({ name: `Unsent ${what}` });
    account.control.faults.add({ match: { method: "POST", path: url() }, times: 1, effect: { kind: "drop-before" } });
    await put(`Unsent ${what}`, `DS-none${what.slice(0, 4)}`, leadId);
    await uncertain(1);
    await later(31);
    await uncertain(2);
    await later(11);
    await account.quiet();
    expect((await named(`Unsent ${what}`)).map(({ id }) => id)).toEqual(await linked(leadId));
  });

  test("decided twice is made once", async () => {
    const leadId = account.create({ name: `Twice ${what}` });
    await put(`Twice ${what}`, `DS-twice${what.slice(0, 3)}`, leadId);
    await put(`Twice ${what}`, `DS-twice${what.slice(0, 3)}`, leadId);
    await account.quiet();
    expect(await named(`Twice ${what}`)).toHaveLength(1);
  });
});

describe("links", () => {
  const write = (leadId: number, target: "link" | "unlink", contactId: number) =>
    ({ leadId, origin: "rep", target, body: { contactId } }) as const;

  test("several people are linked to a deal in one call, and those who are linked already in none", async () => {
    const leadId = account.create({ name: "Many", contact: { name: "There" } });
    const [there] = await kommo.linkedTo(leadId, "contacts");
    const ids = ["Ana", "Bo", "Cem"].map((name) => kommo.contact({ name }));
    const before = account.calls("POST /api/v4/leads/:id/link");
    await kommo.put(...[there!, ...ids].map((id) => write(leadId, "link", id)));
    await account.quiet();
    expect((await kommo.linkedTo(leadId, "contacts")).toSorted()).toEqual([there!, ...ids].toSorted());
    expect(account.calls("POST /api/v4/leads/:id/link") - before).toBe(1);
    await kommo.put(...ids.map((id) => write(leadId, "link", id)));
    await account.quiet();
    expect(account.calls("POST /api/v4/leads/:id/link") - before).toBe(1);
  });

  test("of a link and an unlink of the same person the later one counts", async () => {
    const leadId = account.create({ name: "To and fro" });
    const [stays, goes] = [kommo.contact({ name: "Stays" }), kommo.contact({ name: "Goes" })];
    await kommo.put(write(leadId, "link", goes));
    await account.quiet();
    await kommo.put(
      write(leadId, "unlink", stays),
      write(leadId, "link", stays),
      write(leadId, "link", goes),
      write(leadId, "unlink", goes),
    );
    await account.quiet();
    expect(await kommo.linkedTo(leadId, "contacts")).toEqual([stays]);
  });

  test("somebody who is gone keeps nobody else from being linked", async () => {
    const leadId = account.create({ name: "With a ghost" });
    const [ghost, ana] = [kommo.contact({ name: "Ghost" }), kommo.contact({ name: "Ana" })];
    account.control.contacts.remove({ account: account.id, id: ghost });
    await kommo.put(write(leadId, "link", ghost), write(leadId, "link", ana));
    await until("Ana is linked", async () => (await kommo.linkedTo(leadId, "contacts")).includes(ana));
    await until("the ghost is given up", async () => {
      await account.hurry("write");
      return (await kommo.rows("link")).some((row) => row.lead_id === leadId && row.state === "dead");
    });
  });

  test("from a deal that is gone there is nothing left to unlink", async () => {
    const leadId = account.create({ name: "Gone deal", contact: { name: "Left" } });
    const [contactId] = await kommo.linkedTo(leadId, "contacts");
    account.control.leads.remove({ account: account.id, id: leadId });
    await kommo.put(write(leadId, "unlink", contactId!));
    await account.quiet();
    expect(await newest("unlink")).toMatchObject({ state: "sent", outcome: "The lead is gone." });
  });

  test("the main contact is changed by a link", async () => {
    const leadId = account.create({ name: "New main", contact: { name: "Old main" } });
    const contactId = kommo.contact({ name: "New main" });
    await kommo.put({ leadId, origin: "rep", target: "link", body: { contactId, isMain: true } });
    await account.quiet();
    const main = (await kommo.links(leadId)).filter(
      ({ metadata }) => (metadata as { main_contact?: boolean }).main_contact,
    );
    expect(main.map((link) => link.to_entity_id)).toEqual([contactId]);
  });
});

test("an element is changed, and unlinked from its deal", async () => {
  const leadId = account.create({ name: "Element" });
  await kommo.put({
    leadId,
    origin: "rep",
    target: "element",
    body: { listId, name: "Before", values: [] },
    marker: "DS-element1",
  });
  await account.quiet();
  const [elementId] = await kommo.linkedTo(leadId, "catalog_elements");
  await kommo.put(
    {
      leadId,
      origin: "rep",
      target: "element_change",
      body: { listId, elementId: elementId!, name: "After", values: [] },
    },
    { leadId, origin: "rep", target: "unlink", body: { elementId: elementId!, listId } },
  );
  await account.quiet();
  expect((await kommo.elements(listId)).find(({ id }) => id === elementId)?.name).toBe("After");
  expect(await kommo.linkedTo(leadId, "catalog_elements")).toEqual([]);
});
