import { afterAll, beforeAll, expect, test } from "vitest";
import { unlimited } from "./account.ts";
import { Gated } from "./gates.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let gated: Gated;
beforeAll(async () => {
  world = await startWorld(unlimited);
  // Whoever is to sign needs a lawyer; before that a deal goes as it likes, a step at a time.
  gated = await Gated.open(world);
  await gated.setRules({ stages: [gated.rule(3, { requiredRoles: ["decision_maker"] })], noSkipping: true });
});
afterAll(() => world?.stop());

const held = (id: number) =>
  gated.account.look<{ wanted: number }>(
    "SELECT wanted_status_id AS wanted FROM hold WHERE lead_id = $1 AND ended_at IS NULL",
    [id],
  );

/** Until it stands where it may, and is held for where it may not. */
async function endsAt(id: number, place: number) {
  await until(`the deal is back in ${place}`, async () => gated.placeOf(id) === place && (await held(id)).length > 0);
  await gated.account.quiet("gate");
  expect(gated.placeOf(id)).toBe(place);
  expect(await held(id)).toEqual([{ wanted: gated.stage(3) }]);
}

test("of three moves at once only the one that is refused is undone", async () => {
  const { id } = await gated.deal();
  for (const place of [1, 2, 3]) gated.move(id, place);
  await endsAt(id, 2);
});

test("what was allowed is not undone because it is told late", async () => {
  const { account } = gated;
  const { id } = await gated.deal();
  await account.quiet("gate");
  await account.control.hooks.weather({ account: account.id, delayMs: 1_500 });
  for (const place of [1, 2, 3]) {
    gated.move(id, place);
    // Each is told by itself: in the same second they would be told in one.
    await account.control.hooks.idle();
  }
  await endsAt(id, 2);
  await account.control.hooks.weather({ account: account.id });
});

test("moves that no webhook tells of are asked of Kommo, once the last of them is heard of", async () => {
  const { account } = gated;
  const { id } = await gated.deal();
  await account.quiet("gate");
  await account.control.hooks.weather({ account: account.id, dropRate: 1 });
  for (const place of [1, 2]) gated.move(id, place);
  await account.control.hooks.weather({ account: account.id });
  gated.move(id, 3);
  await endsAt(id, 2);
});

test("a log that Kommo does not show keeps no deal from being judged", async () => {
  const { account } = gated;
  const { id } = await gated.deal(2);
  await account.quiet("gate");
  const match = { path: "/api/v4/events", account: account.id };
  world.kommo.control.faults.add({ match, effect: { kind: "answer", status: 403 } });
  await account.control.hooks.weather({ account: account.id, dropRate: 1 });
  gated.move(id, 3);
  await account.control.hooks.weather({ account: account.id });
  await account.ask("gate", id, {}, 1);
  await endsAt(id, 2);
  world.kommo.control.faults.clear();
});

test("a deal that waits for a stage that was deleted is let go, though nobody tells of that", async () => {
  const { account, pipelineId } = gated;
  const { id } = await gated.deal(2);
  gated.move(id, 3);
  await endsAt(id, 2);
  const { access_token } = account.control.oauth.longLivedToken({ account: account.id });
  const stage = `${world.kommo.origin}/api/v4/leads/pipelines/${pipelineId}/statuses/${gated.stage(3)}`;
  const gone = await fetch(stage, { method: "DELETE", headers: { authorization: `Bearer ${access_token}` } });
  expect(gone.status).toBe(204);
  await account.hurry("work");
  await until("it is let go", async () => (await gated.holds(id))[0]?.outcome === "released");
  expect(gated.placeOf(id)).toBe(2);
});
