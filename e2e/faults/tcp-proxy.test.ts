import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TcpProxy } from "./tcp-proxy.ts";

/** Answers everything with the same in capitals. */
async function startStore(): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      asked.push(String(chunk));
      socket.write(String(chunk).toUpperCase());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}/0`, asked };
}

let store: Awaited<ReturnType<typeof startStore>>;
let proxy: TcpProxy;
beforeEach(async () => {
  store = await startStore();
  proxy = await TcpProxy.before(store.url);
});
afterEach(async () => {
  await proxy.stop();
  store.server.close();
});

async function reach(): Promise<Socket & { said: string }> {
  const { port, hostname } = new URL(proxy.through(store.url));
  const socket = Object.assign(connect(Number(port), hostname), { said: "" });
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    socket.said += String(chunk);
  });
  await once(socket, "connect");
  return socket;
}

const ask = async (socket: Socket, text: string) => {
  const answered = once(socket, "data");
  socket.write(text);
  return String((await answered)[0]);
};

/** Whatever was on its way is there after a few rounds of another connection. */
async function settle() {
  const other = connect(Number(new URL(store.url).port), "127.0.0.1");
  for (let i = 0; i < 5; i++) await ask(other, ".");
  other.destroy();
}

test("what is asked and answered passes", async () => {
  const socket = await reach();
  expect(await ask(socket, "ping")).toBe("PING");
  socket.destroy();
});

test("a way that is cut resets who is there and refuses who comes, until it is open again", async () => {
  const socket = await reach();
  expect(await ask(socket, "ping")).toBe("PING");
  const ended = new Promise((end) => socket.once("close", end));
  await proxy.turn("cut");
  await ended;
  await expect(reach()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await proxy.turn("open");
  expect(await ask(await reach(), "back")).toBe("BACK");
});

test("on a stalled way everything waits, and arrives in its order", async () => {
  const socket = await reach();
  expect(await ask(socket, "ping")).toBe("PING");
  await proxy.turn("stalled");
  socket.write("one ");
  await settle();
  socket.write("two");
  await settle();
  expect([store.asked.filter((text) => text !== "."), socket.said]).toEqual([["ping"], "PING"]);
  await proxy.turn("open");
  while (!socket.said.endsWith("TWO")) await once(socket, "data");
  expect(socket.said).toBe("PINGONE TWO");
});

test("on a deaf way what is asked happens and no answer comes", async () => {
  const socket = await reach();
  expect(await ask(socket, "ping")).toBe("PING");
  await proxy.turn("deaf");
  socket.write("write");
  while (!store.asked.includes("write")) await settle();
  await settle();
  expect(socket.said).toBe("PING");
});

test("who comes after a store has moved is led to where it is now", async () => {
  const other = await startStore();
  proxy.leadTo(other.url);
  expect(await ask(await reach(), "moved")).toBe("MOVED");
  expect([store.asked, other.asked]).toEqual([[], ["moved"]]);
  other.server.close();
});
