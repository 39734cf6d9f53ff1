import { ConnectionAnswer, ConnectionCheck, ObjectTypes } from "@dealscope/shared/customerio";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { type ConnectionRow, readStanding } from "../src/engagement/connection/connection-rows.ts";
import { connect, type Engaged, type EngagementWorld, engage, keysOf, startEngagementWorld } from "./engagement-kit.ts";
import { Browser } from "./widget-api-kit.ts";

const PATH = "/api/engagement/connection";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
beforeEach(() => world.customerio.control.faults.clear());
afterAll(() => world?.stop());

async function stepsOf({ admin }: Engaged) {
  const { steps } = await admin.send(ConnectionCheck, "/api/engagement/check", {});
  return Object.fromEntries(steps.map(({ key, state, message }) => [key, { state, message }]));
}

test.each(["us", "eu"] as const)("the region of a workspace in the %s is found by its keys alone", async (region) => {
  const engaged = await engage(world, { workspace: { region } });
  const { connection } = await engaged.admin.get(ConnectionAnswer, PATH);
  expect(connection).toMatchObject({ region, environmentId: engaged.workspace.id, isShared: false });
  expect((await stepsOf(engaged)).track).toMatchObject({ state: "ok" });
});

test("keys go in and never come out, neither by the API nor from the tables", async () => {
  const engaged = await engage(world);
  const secrets = Object.values(keysOf(world, engaged.workspace)).filter((key) => key !== engaged.workspace.site_id);
  const answer = await engaged.admin.ask(PATH);
  const rows = await world.database.look(
    "SELECT c::text AS row FROM customerio_connection c WHERE account_id = $1 UNION ALL SELECT a::text FROM audit a WHERE account_id = $1",
    [engaged.accountId],
  );
  for (const secret of secrets) expect(JSON.stringify([answer.body, rows])).not.toContain(secret);
});

test("keys that neither region knows are not kept, and what was kept stays", async () => {
  const engaged = await engage(world);
  const body = { ...keysOf(world, engaged.workspace), trackKey: "wrong" };
  expect(await engaged.admin.refusal(PATH, { method: "PUT", body })).toEqual([400, "invalid_input"]);
  expect((await stepsOf(engaged)).track).toMatchObject({ state: "ok" });
});

test("a key that is left out stays, and null takes it away", async () => {
  const engaged = await engage(world);
  const { siteId } = keysOf(world, engaged.workspace);
  expect(await connect(engaged.admin, { siteId })).toMatchObject({ hasAppKey: true, hasSigningKey: true });
  expect(await connect(engaged.admin, { siteId, appKey: null })).toMatchObject({
    hasAppKey: false,
    hasSigningKey: true,
  });
});

test("the first keys need a Track key", async () => {
  const { accountId, adminId } = await world.install();
  const admin = await Browser.open(world, accountId, adminId);
  const answer = await admin.ask(PATH, { method: "PUT", body: { siteId: "abc" } });
  expect(answer.body).toMatchObject({ error: { message: "The Track API key is missing." } });
  expect(await admin.get(ConnectionAnswer, PATH)).toEqual({ connection: null });
  expect(await admin.refusal("/api/engagement/check", { method: "POST" })).toEqual([409, "conflict"]);
});

test("while Customer.io is away nothing is kept, and it is said that it is Customer.io", async () => {
  const engaged = await engage(world);
  world.customerio.control.faults.add({ match: {}, effect: { kind: "answer", status: 502, body: "<html>" } });
  const answer = await engaged.admin.ask(PATH, { method: "PUT", body: keysOf(world, engaged.workspace) });
  expect(answer).toMatchObject({ status: 503, body: { error: { message: expect.stringContaining("Customer.io") } } });
  expect((await stepsOf(engaged)).track).toMatchObject({
    state: "failed",
    message: expect.stringMatching(/does not answer/),
  });
});

test("the webhook is made once with full resolution, and put right where somebody has changed it", async () => {
  const engaged = await engage(world);
  expect((await stepsOf(engaged)).webhook).toMatchObject({
    state: "failed",
    message: expect.stringMatching(/is not there/),
  });
  await engaged.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  const { connection } = await engaged.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  expect(connection?.webhook).toMatchObject({ state: "made", mode: "all" });
  const list = () => world.customerio.control.webhooks.list({ workspace: engaged.workspace.id });
  expect(list()).toMatchObject([
    { endpoint: connection!.webhookUrl, full_resolution: true, with_content: false, disabled: false },
  ]);
  expect((await stepsOf(engaged)).webhook).toMatchObject({ state: "ok" });

  const app = { authorization: `Bearer ${engaged.workspace.app_keys[0]}`, "content-type": "application/json" };
  const changed = { ...list()[0], full_resolution: false };
  const url = `${engaged.workspace.origin}/v1/reporting_webhooks/${list()[0]!.id}`;
  await fetch(url, { method: "PUT", headers: app, body: JSON.stringify(changed) });
  expect((await stepsOf(engaged)).webhook).toMatchObject({
    state: "failed",
    message: expect.stringMatching(/only the first open/),
  });
  expect((await engaged.admin.get(ConnectionAnswer, PATH)).connection?.webhook.mode).toBe("first");
  await engaged.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  expect(list()).toMatchObject([{ full_resolution: true }]);
});

test("our webhook is known by its id, so that another address of this server moves it instead of making a second", async () => {
  const engaged = await engage(world);
  const { connection } = await engaged.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  const list = () => world.customerio.control.webhooks.list({ workspace: engaged.workspace.id });
  const former = { ...list()[0], endpoint: "https://former.test/webhooks/customerio/key" };
  const app = { authorization: `Bearer ${engaged.workspace.app_keys[0]}`, "content-type": "application/json" };
  const url = `${engaged.workspace.origin}/v1/reporting_webhooks/${list()[0]!.id}`;
  await fetch(url, { method: "PUT", headers: app, body: JSON.stringify(former) });
  expect((await stepsOf(engaged)).webhook).toMatchObject({
    state: "failed",
    message: expect.stringMatching(/leads to another address/),
  });
  await engaged.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  expect(list()).toMatchObject([{ id: former.id, endpoint: connection!.webhookUrl }]);
});

test("whether every open is told is looked for among mails only where Customer.io does not say it", async () => {
  const engaged = await engage(world, { keys: { appKey: null } });
  await world.database.look(
    `INSERT INTO engagement_event (account_id, event_id, metric, channel, at, delivery_id)
     SELECT $1, 'e' || n, 'opened', 'email', now(), 'd' FROM generate_series(1, 2) n`,
    [engaged.accountId],
  );
  const row = { environment_id: engaged.workspace.id } as ConnectionRow;
  const tellsAll = (sends_all: boolean | null) =>
    world.server.app
      .get(Tenancy)
      .run(engaged.accountId, (tx) => readStanding(tx, engaged.accountId, { ...row, sends_all }));
  expect(await tellsAll(null)).toMatchObject({ tells_all: true });
  expect(await tellsAll(true)).toMatchObject({ tells_all: false });
});

test("without an App key nothing is made, and the check says what to do by hand", async () => {
  const engaged = await engage(world, { keys: { appKey: null } });
  expect(await engaged.admin.refusal("/api/engagement/webhook", { method: "POST" })).toEqual([409, "conflict"]);
  expect(await stepsOf(engaged)).toMatchObject({
    app: { state: "skipped" },
    objects: { state: "skipped" },
    webhook: { state: "waiting" },
  });
  expect(await engaged.admin.get(ObjectTypes, "/api/engagement/object-types")).toEqual({ types: [] });
});

test("a Track key that is revoked, and an App key of another kind, are told apart", async () => {
  const engaged = await engage(world);
  const { site_id: siteId, id: workspace, track_keys } = engaged.workspace;
  await connect(engaged.admin, { siteId, appKey: track_keys[0]! });
  world.customerio.control.workspaces.replaceKey({ workspace, kind: "track" });
  expect(await stepsOf(engaged)).toMatchObject({
    track: { state: "failed", message: expect.stringMatching(/does not know this site id/) },
    app: { state: "failed", message: expect.stringMatching(/does not take the App API key/) },
  });
});

test("without a signing key the check says that everything that comes is refused", async () => {
  const engaged = await engage(world, { keys: { signingKey: null } });
  expect((await stepsOf(engaged)).signature).toMatchObject({
    state: "failed",
    message: expect.stringMatching(/refused/),
  });
});

test("object types are listed to choose from", async () => {
  const engaged = await engage(world);
  world.customerio.control.workspaces.addObjectType({ workspace: engaged.workspace.id, name: "Deals" });
  const { types } = await engaged.admin.get(ObjectTypes, "/api/engagement/object-types");
  expect(types).toMatchObject([{ name: "Deals" }]);
  expect((await stepsOf(engaged)).objects).toMatchObject({ state: "ok", message: expect.stringMatching(/Deals/) });
});

test("two accounts with keys of one workspace are warned", async () => {
  const one = await engage(world);
  const { accountId, adminId } = await world.install();
  const other = await Browser.open(world, accountId, adminId);
  expect(await connect(other, keysOf(world, one.workspace))).toMatchObject({ isShared: true });
});

test("disconnecting forgets the keys and takes our webhook away", async () => {
  const engaged = await engage(world);
  await engaged.admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  const { connection } = await engaged.admin.send(ConnectionAnswer, PATH, { method: "DELETE" });
  expect(connection).toBeNull();
  expect(world.customerio.control.webhooks.list({ workspace: engaged.workspace.id })).toEqual([]);
});

test("all of this is for administrators", async () => {
  const engaged = await engage(world);
  const users = world.kommo.control.accounts.list().find(({ id }) => id === engaged.accountId)!.users;
  const rep = await Browser.open(world, engaged.accountId, users.find(({ is_admin }) => !is_admin)!.id);
  expect(await rep.refusal(PATH)).toEqual([403, "forbidden"]);
  expect(await rep.refusal("/api/engagement/check", { method: "POST" })).toEqual([403, "forbidden"]);
});

test("what webhooks have proved of a signing key or a workspace, they prove of no other", async () => {
  const engaged = await engage(world);
  const proof = {
    ...{ last_heard_at: "2026-11-01T00:00:00Z", last_signed_at: "2026-11-01T00:00:00Z", refused: 3, refusal: "wrong" },
    ...{ last_refused_at: "2026-11-02T00:00:00Z", sends_all: true },
  };
  const columns = Object.keys(proof).join(", ");
  const prove = () =>
    world.database.look(
      `UPDATE customerio_connection SET (${columns}) = ($2, $3, $4, $5, $6, $7) WHERE account_id = $1`,
      [engaged.accountId, ...Object.values(proof)],
    );
  const nothing = { lastHeardAt: null, lastSignedAt: null, lastRefusedAt: null, refused: 0, refusal: null };
  const keys = keysOf(world, engaged.workspace);

  await prove();
  expect((await connect(engaged.admin, keys)).webhook).toMatchObject({ lastSignedAt: expect.any(String), refused: 3 });
  expect((await connect(engaged.admin, { ...keys, signingKey: "another" })).webhook).toMatchObject(nothing);

  await prove();
  const { siteId, trackKey, appKey } = keysOf(world, world.customerio.control.workspaces.create({}));
  const { webhook } = await connect(engaged.admin, { siteId, trackKey, appKey });
  expect(webhook).toMatchObject(nothing);
  const [row] = await world.database.look("SELECT sends_all FROM customerio_connection WHERE account_id = $1", [
    engaged.accountId,
  ]);
  expect(row).toEqual({ sends_all: null });
});
