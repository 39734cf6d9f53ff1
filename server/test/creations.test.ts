import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { WriteBack } from "../src/write-back/write-back.ts";
import type { TaskToAdd } from "../src/write-back/write-row.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world, {
    actions: { hot: { assign: null, moveTo: null, task: { text: "Call now", minutes: 30 } } },
  });
});
afterAll(() => world?.stop());
afterEach(() => {
  account.control.faults.clear();
  account.control.switches.set({ readLagMs: 0 });
});

interface Row {
  state: string;
  outcome: string | null;
  waits: number;
  unknown: boolean;
}

async function rowOf(id: number): Promise<Row | undefined> {
  const [row] = await account.look<Row>(
    `SELECT state, outcome, waits, outcome_unknown_since IS NOT NULL AS unknown FROM write
      WHERE lead_id = $1 AND target IN ('task', 'note') AND lease_token IS NULL`,
    [id],
  );
  return row;
}

/** As if so much time had passed since the request left, and the row were due. */
async function later(id: number, seconds: number) {
  await account.look(
    `UPDATE write SET due_at = app_now(), outcome_unknown_since = outcome_unknown_since - $2::float8 * interval '1 second'
      WHERE lead_id = $1 AND target IN ('task', 'note')`,
    [id, seconds],
  );
  account.ring();
}

const uncertain = (id: number, waits: number) =>
  until("its outcome is not known", async () => {
    const row = await rowOf(id);
    return row?.state === "due" && row.unknown && row.waits === waits;
  });
const sent = (id: number) => until("it is known to be sent", async () => (await rowOf(id))?.state === "sent");

/** A note that a rep's action has asked for. */
async function putNote(id: number) {
  await account.look(
    `WITH l AS (UPDATE lead SET write_seq = write_seq + 1 WHERE lead_id = $2 RETURNING write_seq)
     INSERT INTO write (account_id, lead_id, seq, target, origin, body, marker)
     SELECT $1, $2, l.write_seq, 'note', 'rep', '{"text": "Override: I know them"}', 'DS-' || lpad($2::text, 8, '0') FROM l`,
    [account.id, id],
  );
  account.ring();
}

const cases = [
  {
    what: "task",
    path: "/api/v4/tasks",
    make: async (name: string, known: () => void = () => {}) => {
      world.openai.control.queue({ name: "slow", ms: 300, containing: name });
      const id = account.create({ name, note: texts.hot });
      await until("the lead is read", () => world.openai.control.status.running > 0);
      known();
      return id;
    },
    seen: (id: number) => account.lead(id).tasks.length,
  },
  {
    what: "note",
    path: "/api/v4/leads/notes",
    make: async (name: string, known: () => void = () => {}) => {
      const id = account.create({ name, note: texts.cold });
      await account.written(id);
      known();
      await putNote(id);
      return id;
    },
    // One is the client's.
    seen: (id: number) => account.lead(id).notes.length - 1,
  },
];

describe.each(cases)("a $what is made exactly once", ({ what, path, make, seen }) => {
  const posts = () => account.calls(`POST ${path}`);

  test("although Kommo's answer is lost", async () => {
    const before = posts();
    account.control.faults.add({ match: { method: "POST", path }, times: 1, effect: { kind: "drop-after" } });
    const id = await make(`Answer lost of a ${what}`);
    await uncertain(id, 1);
    expect(seen(id)).toBe(1);
    await later(id, 31);
    await sent(id);
    expect([seen(id), posts() - before]).toEqual([1, 1]);
    expect((await rowOf(id))?.outcome).toBe("found by its mark");
  });

  test("although it shows up only after the first look", async () => {
    const before = posts();
    account.control.faults.add({ match: { method: "POST", path }, times: 1, effect: { kind: "half-body" } });
    // Only what is made from now on is slow to show: the lead itself has been read.
    const id = await make(`Late ${what}`, () => account.control.switches.set({ readLagMs: 60_000 }));
    await uncertain(id, 1);
    await later(id, 31);
    await uncertain(id, 2);
    account.control.clock.advance({ seconds: 61 });
    await later(id, 11);
    await sent(id);
    expect([seen(id), posts() - before]).toEqual([1, 1]);
  });

  test("although the request itself is lost: it is looked for twice and then sent again", async () => {
    const before = posts();
    account.control.faults.add({ match: { method: "POST", path }, times: 1, effect: { kind: "drop-before" } });
    const id = await make(`Request lost of a ${what}`);
    await uncertain(id, 1);
    await later(id, 31);
    await uncertain(id, 2);
    expect(seen(id)).toBe(0);
    await later(id, 11);
    await sent(id);
    expect([seen(id), posts() - before]).toEqual([1, 2]);
  });

  test("although the second answer is lost too and shows up late", async () => {
    account.control.faults.add({ match: { method: "POST", path }, times: 1, effect: { kind: "drop-before" } });
    const id = await make(`Twice lost ${what}`);
    await uncertain(id, 1);
    await later(id, 31);
    await uncertain(id, 2);
    account.control.switches.set({ readLagMs: 60_000 });
    account.control.faults.add({ match: { method: "POST", path }, times: 1, effect: { kind: "drop-after" } });
    await later(id, 11);
    await uncertain(id, 3);
    await later(id, 31);
    await uncertain(id, 4);
    account.control.clock.advance({ seconds: 61 });
    await later(id, 11);
    await sent(id);
    expect(seen(id)).toBe(1);
  });

  test("although what came of it could not be booked", async () => {
    await account.look(`
      CREATE SEQUENCE mishap;
      CREATE FUNCTION mishap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('mishap') = 1 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF;
        RETURN NEW;
      END $$;
      GRANT USAGE ON SEQUENCE mishap TO PUBLIC;
      CREATE TRIGGER mishap BEFORE UPDATE ON write FOR EACH ROW
        WHEN (NEW.target = '${what}' AND NEW.state = 'sent') EXECUTE FUNCTION mishap()`);
    const id = await make(`Not booked ${what}`);
    await until("booking has failed", async () => {
      const [row] = await account.look<{ is_called: boolean }>("SELECT is_called FROM mishap");
      return row?.is_called === true;
    });
    await account.look("UPDATE write SET leased_until = app_now() - interval '1 second' WHERE lease_token IS NOT NULL");
    await later(id, 31);
    await sent(id);
    await account.look("DROP TRIGGER mishap ON write; DROP FUNCTION mishap(); DROP SEQUENCE mishap");
    expect([seen(id), (await rowOf(id))?.outcome]).toEqual([1, "found by its mark"]);
  });

  test("although Kommo's answer cannot be understood", async () => {
    account.control.faults.add({
      match: { method: "POST", path },
      times: 1,
      effect: { kind: "answer", status: 200, body: { _embedded: { [`${what}s`]: [{ uid: "new" }] } } },
    });
    const id = await make(`Strange answer to a ${what}`);
    await uncertain(id, 1);
    await later(id, 31);
    await uncertain(id, 2);
    await later(id, 11);
    await sent(id);
    expect(seen(id)).toBe(1);
  });

  test("and at once again when Kommo said that it did nothing", async () => {
    account.control.faults.add({ match: { method: "POST", path }, times: 1, effect: { kind: "answer", status: 503 } });
    const id = await make(`Refused ${what}`);
    await until("it is put back", async () => (await rowOf(id))?.waits === 1);
    expect((await rowOf(id))?.unknown).toBe(false);
    await account.hurry("write");
    await sent(id);
    expect(seen(id)).toBe(1);
  });
});

test("a process that dies with a task under way looks for its mark before sending it again", async () => {
  const id = account.create({ name: "Died under way", note: texts.hot });
  await sent(id);
  await account.look(
    `UPDATE write SET state = 'due', outcome = NULL, kommo_id = NULL, outcome_unknown_since = app_now() - interval '60 seconds',
            lease_token = gen_random_uuid(), leased_until = app_now() - interval '1 second'
      WHERE lead_id = $1 AND target = 'task'`,
    [id],
  );
  account.ring();
  await until("it is found", async () => (await rowOf(id))?.outcome === "found by its mark");
  expect(account.lead(id).tasks).toHaveLength(1);
});

test("a task given up when the account left may be there all the same: it is looked for before it is made again", async () => {
  const id = account.create({ name: "Given up under way", note: texts.hot });
  await sent(id);
  const [row] = await account.look<{ marker: string; body: TaskToAdd }>(
    `UPDATE write SET state = 'dead', outcome = 'uninstalled', kommo_id = NULL, outcome_unknown_since = app_now() - interval '60 seconds'
      WHERE lead_id = $1 AND target = 'task' RETURNING marker, body`,
    [id],
  );
  await world.server.app
    .get(Tenancy)
    .run(account.id, (tx) =>
      world.server.app
        .get(WriteBack)
        .putOrRevive(tx, account.id, { leadId: id, origin: "rep", target: "task", ...row! }),
    );
  await sent(id);
  expect([account.lead(id).tasks.length, (await rowOf(id))?.outcome]).toEqual([1, "found by its mark"]);
});

test.each(["task", "note"] as const)("one bad %s among fifty is dropped alone", async (target) => {
  const ids = Array.from({ length: 50 }, (_, n) => account.create({ name: `${target} for many ${n}` }));
  const [bad, ...others] = [ids[31]!, ...ids.filter((_, n) => n !== 31)];
  await account.set({ dryRun: true });
  await account.quiet();
  // A task of a type that is gone, a note for a lead that is deleted.
  if (target === "note") account.control.leads.remove({ account: account.id, id: bad });
  const body = target === "note" ? { text: "Called them" } : { text: "Call them", completeTill: 1_900_000_000 };
  const bodyOf = (id: number) => (id === bad && target === "task" ? { ...body, taskTypeId: 99 } : body);
  await account.look(
    `WITH l AS (UPDATE lead SET write_seq = write_seq + 1 WHERE lead_id = ANY($2) RETURNING lead_id, write_seq)
     INSERT INTO write (account_id, lead_id, seq, target, origin, body, marker)
     SELECT $1, l.lead_id, l.write_seq, $3, 'rep', w.body, 'DS-' || left(md5($3 || l.lead_id), 8)
       FROM l JOIN unnest($2::bigint[], $4::jsonb[]) AS w (lead_id, body) USING (lead_id)`,
    [account.id, ids, target, ids.map((id) => JSON.stringify(bodyOf(id)))],
  );
  account.ring();
  const made = () => others.filter((id) => account.lead(id)[`${target}s`].length === 1);
  await until("the others are made", () => made().length === others.length);
  for (const attempts of [1, 2]) {
    await until("it has failed", async () => {
      const [row] = await account.look<{ attempts: number }>("SELECT attempts FROM write WHERE lead_id = $1", [bad]);
      return row?.attempts === attempts;
    });
    await account.hurry("write");
  }
  await until("it is given up", async () => (await rowOf(bad))?.state === "dead");
  await account.quiet();
  expect(made()).toEqual(others);
});

test("a task for somebody who has left for good is made, and becomes somebody else's", async () => {
  const id = account.create({ name: "Task for nobody" });
  await account.set({ dryRun: true });
  await account.quiet();
  const body = { text: "Call them", completeTill: 1_900_000_000, responsibleUserId: 1 };
  await world.server.app
    .get(Tenancy)
    .run(account.id, (tx) =>
      world.server.app
        .get(WriteBack)
        .put(tx, account.id, { leadId: id, origin: "rep", target: "task", body, marker: "DS-leftgood" }),
    );
  await sent(id);
  expect(account.lead(id).tasks).toMatchObject([{ responsible_user_id: account.installed.adminId }]);
});
