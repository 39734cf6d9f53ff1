import { afterAll, beforeAll, expect, test } from "vitest";
import { subscriptions } from "../src/installation/provisioning.ts";
import { type Installed, startWorld, until, type World } from "./world.ts";

let world: World;
let account: Installed;
beforeAll(async () => {
  world = await startWorld();
  account = await world.install();
});
afterAll(() => world?.stop());

const ourFields = () =>
  world.kommo.control.fields
    .list({ account: account.accountId, entity: "leads" })
    .filter((field) => field.code?.startsWith("DEALSCOPE_"));

async function provisionAgain() {
  const [before] = await world.database.look<{ at: string }>("SELECT provisioned->>'completedAt' AS at FROM account");
  await world.database.look(
    `INSERT INTO work (account_id, kind, subject, priority, due_at) VALUES ($1, 'provision', $1, 0, now())
     ON CONFLICT (account_id, kind, subject) DO UPDATE SET due_at = now()`,
    [account.accountId],
  );
  await until("it has been looked at again", async () => {
    const [now] = await world.database.look<{ at: string }>("SELECT provisioned->>'completedAt' AS at FROM account");
    return now?.at !== before?.at;
  });
}

test("installing makes the fields for the API only, a tag per segment and a complete webhook", async () => {
  expect(ourFields().map(({ code, type, is_api_only }) => ({ code, type, is_api_only }))).toEqual([
    { code: "DEALSCOPE_SCORE", type: "numeric", is_api_only: true },
    { code: "DEALSCOPE_SEGMENT", type: "select", is_api_only: true },
    { code: "DEALSCOPE_SUMMARY", type: "textarea", is_api_only: true },
    { code: "DEALSCOPE_NEXT_ACTION", type: "textarea", is_api_only: true },
  ]);
  const { access_token } = world.kommo.control.oauth.longLivedToken({ account: account.accountId });
  const answer = await fetch(`${world.kommo.origin}/api/v4/leads/tags`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  const { _embedded } = (await answer.json()) as { _embedded: { tags: { name: string }[] } };
  expect(_embedded.tags.map((tag) => tag.name).sort()).toEqual([
    "dealscope:cold",
    "dealscope:hot",
    "dealscope:spam",
    "dealscope:warm",
    "needs manual qualification",
  ]);
  const [hook] = world.kommo.control.hooks.list({ account: account.accountId });
  expect(hook).toMatchObject({ disabled: false, settings: expect.arrayContaining([...subscriptions]) });
});

test("provisioning again makes nothing twice", async () => {
  const before = ourFields();
  await provisionAgain();
  expect(ourFields()).toEqual(before);
  expect(world.kommo.control.hooks.list({ account: account.accountId })).toHaveLength(1);
});

test("a field that an admin has deleted is made again", async () => {
  const score = ourFields().find((field) => field.code === "DEALSCOPE_SCORE")!;
  world.kommo.control.fields.remove({ account: account.accountId, entity: "leads", id: score.id });
  await provisionAgain();
  expect(ourFields().map((field) => field.code)).toContain("DEALSCOPE_SCORE");
  expect(ourFields().map((field) => field.id)).not.toContain(score.id);
});
