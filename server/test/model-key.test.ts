import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, OPENAI_API_KEY: "sk-wrong" } });
  account = await installAccount(world);
});
afterAll(() => world?.stop());

test("a key that is refused hands leads to a person, says why, and is left alone", async () => {
  const first = account.create({ name: "Refused key 0", note: texts.hot });
  await account.written(first);
  const ids = [1, 2, 3].map((n) => account.create({ name: `Refused key ${n}`, note: texts.hot }));
  for (const id of ids) await account.written(id);
  for (const id of [first, ...ids]) {
    expect(account.segment(id)).toEqual(["needs manual qualification"]);
    expect(await account.verdicts(id)).toMatchObject([{ status: "needs_manual", reason: "key" }]);
  }
  expect(world.openai.control.status.answered).toEqual({ "POST /v1/chat/completions 401": 1 });
});
