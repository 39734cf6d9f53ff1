import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppClient } from "../src/customerio/app-client.ts";
import { CustomerIoRejected, CustomerIoUnavailable } from "../src/customerio/errors.ts";
import { findRegion, TrackClient } from "../src/customerio/track-client.ts";

/** Answers whatever is set; somebody's proxy, or a Customer.io that is not itself. */
let answer: { status: number; body: string };
let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server?.close());

const keys = { siteId: "site", trackKey: "key" };
const person = { type: "person", action: "identify" } as const;
const batch = (items = 2) => new TrackClient(origin, keys, 5_000).batch(Array.from({ length: items }, () => person));

test.each([
  [200, '{"errors":null}', []],
  [200, "{}\n", []],
  [200, "", []],
  [
    207,
    '{"errors":[{"batch_index":1,"field":"name","message":"is too long"}]}',
    [{ index: 1, reason: "name: is too long" }],
  ],
  [207, '{"errors":[{"batch_index":"1"}]}', [{ index: 1, reason: "refused" }]],
] as const)(
  "of a batch that is answered with %i %s those that are named were refused",
  async (status, body, refused) => {
    answer = { status, body };
    expect(await batch()).toEqual(refused);
  },
);

test.each(['{"batch_index":1.5}', '{"batch_index":-1}', '{"batch_index":7}', '{"batch_index":null}', "{}"])(
  "an item that is refused as %s shows when there are fewer of them",
  async (error) => {
    answer = { status: 207, body: `{"errors":[${error}]}` };
    await expect(batch()).rejects.toThrow(CustomerIoRejected);
    expect(await batch(1)).toEqual([{ index: 0, reason: "refused" }]);
  },
);

test.each(["[]", '"ok"', "7", '{"errors":7}', "<html>"])(
  "a batch that is answered with %s is sent again later",
  async (body) => {
    answer = { status: 200, body };
    await expect(batch()).rejects.toThrow(CustomerIoUnavailable);
  },
);

test("what answers in another form is not Customer.io, whatever is asked", async () => {
  answer = { status: 200, body: '{"hello":"world"}' };
  const app = new AppClient(origin, "key", 5_000);
  const asked = [
    () => findRegion({ origins: { us: origin, eu: origin }, keys, timeoutMs: 5_000 }),
    () => app.webhooks(),
    () => app.objectTypes(),
    () => app.campaigns(),
    () => app.findByEmail("ana@x.test"),
  ];
  for (const ask of asked) await expect(ask()).rejects.toThrow(CustomerIoUnavailable);
  expect(await app.nameOf("campaign", "7")).toBeUndefined();
});
