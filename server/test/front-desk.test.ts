import { Lists } from "@dealscope/shared/lists";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { Form } from "./intake-kit.ts";
import { startWorld, type World } from "./world.ts";

const POOL = 4;

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { DATABASE_POOL: String(POOL) } });
});
afterAll(() => world?.stop());

test("who waits for an answer does not wait for the work that goes on beside it", async () => {
  const form = await Form.of(world);
  const ended: string[] = [];
  const tenancy = world.server.app.get(Tenancy);
  const work = Array.from({ length: POOL }, () =>
    tenancy.run(form.account.id, (tx) => tx.query("SELECT pg_sleep(5)")).then(() => ended.push("work")),
  );
  await form.admin.get(Lists, "/api/lists");
  ended.push("settings");
  await form.send({ contacts: [{ name: "Ana", email: "ana@first.example" }] });
  ended.push("form");
  await Promise.all(work);
  expect(ended.slice(0, 2)).toEqual(["settings", "form"]);
});
