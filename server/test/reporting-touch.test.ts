import { FirstTouchReport } from "@dealscope/shared/reports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let admin: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  // The scan leaves the last seconds to the webhooks, so what happens here happened a minute ago.
  world.kommo.control.clock.advance({ seconds: -60 });
  account = await installAccount(world, { triggers: { onContentChange: false } });
  await account.look("UPDATE account SET connected_at = now() - interval '1 hour' WHERE account_id = $1", [account.id]);
  admin = await Browser.open(world, account.id, account.installed.adminId);
});
afterAll(() => world?.stop());

/** A lead of a segment of its own, in which it is found again. */
async function newLead(segment: string): Promise<number> {
  const id = account.create({ name: segment });
  await until("the lead is read", async () => (await touchOf(id)) !== undefined);
  await account.quiet();
  await account.look("UPDATE lead SET segment = $3 WHERE account_id = $1 AND lead_id = $2", [account.id, id, segment]);
  return id;
}

async function touchOf(id: number): Promise<{ first_touch_at: Date | null; first_call_at: Date | null } | undefined> {
  const [lead] = await account.look<{ first_touch_at: Date | null; first_call_at: Date | null }>(
    "SELECT first_touch_at, first_call_at FROM lead WHERE account_id = $1 AND lead_id = $2 AND kommo_created_at IS NOT NULL",
    [account.id, id],
  );
  return lead;
}

const call = (id: number, direction: "in" | "out") => {
  const params = { uniq: crypto.randomUUID(), duration: 30, source: "phone", link: "", phone: "+34600100200" };
  account.control.leads.addNote({ account: account.id, id, note_type: `call_${direction}`, params });
};

async function waiting(segment: string): Promise<[touched: number, waiting: number]> {
  const { segments } = await admin.get(FirstTouchReport, "/api/reports/first-touch");
  const own = segments.find((row) => row.segment?.key === segment);
  return [own?.touched ?? 0, own?.waiting ?? 0];
}

test("whoever is called has been touched, and whoever calls waits on", async () => {
  const id = await newLead("called");
  call(id, "in");
  await account.quiet();
  expect(await waiting("called")).toEqual([0, 1]);
  call(id, "out");
  await until("the call is known", async () => Boolean((await touchOf(id))?.first_touch_at));
  expect(await waiting("called")).toEqual([1, 0]);
});

test("the first of a call and a message is the first touch, in whatever order they are told", async () => {
  const id = await newLead("both");
  const message = (name: string, ago: string) =>
    account.look(
      `INSERT INTO message (account_id, message_id, lead_id, direction, text, at)
       VALUES ($1, $2, $3, 'outgoing', 'Hello', now() - $4::interval)`,
      [account.id, name, id, ago],
    );
  await message("later", "1 second");
  call(id, "out");
  await until("the call is known", async () => Boolean((await touchOf(id))?.first_touch_at));
  // What is said makes us count anew.
  account.control.chats.message({ account: account.id, lead_id: id, text: "Who called?" });
  await until("the client has been heard", async () => {
    const heard = await account.look(
      "SELECT FROM message WHERE account_id = $1 AND lead_id = $2 AND direction = 'incoming'",
      [account.id, id],
    );
    return heard.length > 0;
  });
  const called = (await touchOf(id))!;
  expect(called.first_touch_at).toEqual(called.first_call_at);
  await message("before", "1 hour");
  account.control.chats.message({ account: account.id, lead_id: id, text: "Hello?" });
  await until("the message before is the first", async () => {
    const touch = await touchOf(id);
    return touch!.first_touch_at! < touch!.first_call_at!;
  });
});

test("a call that no webhook told of is found by the scan, and only once", async () => {
  const id = await newLead("unheard");
  account.control.hooks.weather({ account: account.id, dropRate: 1 });
  call(id, "out");
  const healed = async () => {
    const [row] = await account.look<{ healed: string; ran_at: Date | null }>(
      "SELECT healed, ran_at FROM scan WHERE account_id = $1 AND kind = 'notes'",
      [account.id],
    );
    return row;
  };
  await account.ask("scan", account.id, {}, 4);
  await until("the call is known", async () => Boolean((await touchOf(id))?.first_touch_at));
  expect(await waiting("unheard")).toEqual([1, 0]);
  const before = await healed();
  await account.ask("scan", account.id, {}, 4);
  await until("the scan has run again", async () => (await healed())?.ran_at?.getTime() !== before?.ran_at?.getTime());
  expect((await healed())?.healed).toBe(before?.healed);
});
