import { afterAll, beforeAll, expect, test } from "vitest";
import { Form } from "./intake-kit.ts";
import { startApiWorld } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

let world: World;
let page: string;
beforeAll(async () => {
  world = await startApiWorld();
  page = await (await Form.of(world)).page();
});
afterAll(() => world?.stop());

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** As a browser sends a form without its script. */
async function submit(fields: Record<string, string>, headers: Record<string, string> = {}, url = page) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { accept: BROWSER, referer: "https://shop.example/contact?a=1&b=2", ...headers },
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, type: answer.headers.get("content-type"), html: await answer.text() };
}

const anna = { "contacts[0][name]": "Anna", "contacts[0][email]": "anna@page.example" };

test("whoever sends a form without a script is thanked on a page, with a way back", async () => {
  const { status, type, html } = await submit(anna);
  expect([status, type]).toEqual([202, "text/html; charset=utf-8"]);
  expect(html).toContain('<html lang="en">');
  expect(html).toContain("<h1>Thank you</h1>");
  expect(html).toContain('<a href="https://shop.example/contact?a=1&amp;b=2">Back to shop.example</a>');
});

test.each([
  ["es-MX,es;q=0.9,en;q=0.8", "es", "Gracias"],
  ["fr, pt-BR;q=0.8", "pt", "Obrigado"],
  ["en;q=0.1,tr", "tr", "Teşekkürler"],
  ["id", "id", "Terima kasih"],
  ["constructor, de", "en", "Thank you"],
])("in the language of a browser that asks for %s", async (accepted, language, thanks) => {
  const { html } = await submit(anna, { "accept-language": accepted });
  expect(html).toContain(`<html lang="${language}">`);
  expect(html).toContain(`<h1>${thanks}</h1>`);
});

test("what is wrong is told on a page too, and what was sent cannot become a part of it", async () => {
  const script = "<script>alert(1)</script>";
  const { status, type, html } = await submit({ "contacts[0][phone]": script }, { "accept-language": "es" });
  expect([status, type]).toEqual([400, "text/html; charset=utf-8"]);
  expect(html).toContain("<h1>No se pudo enviar</h1>");
  expect(html).toContain(
    "&lt;script&gt;alert(1)&lt;/script&gt; is not a phone number; write it with the country code, such as +49 171 5550199.",
  );
  expect(html).not.toContain(script);
});

test.each(["javascript:alert(1)", "data:text/html,x", "no address", '"><b>'])(
  "nobody is led back to %s",
  async (referer) => {
    const { html } = await submit(anna, { referer });
    expect(html).not.toContain("<a ");
    expect(html).not.toContain("<b>");
  },
);

test("nobody is led anywhere that a form names", async () => {
  const { html } = await submit({ ...anna, redirect: "https://evil.example" });
  expect(html).not.toContain("evil.example");
});

test("a dead key and too long a one are told on a page", async () => {
  for (const key of ["unknown", "x".repeat(200)]) {
    const { status, html } = await submit(anna, {}, new URL(`/intake/${key}`, page).href);
    expect(status).toBe(404);
    expect(html).toContain("There is nothing here");
  }
});

test("scripts and servers get JSON, whatever they send", async () => {
  expect((await submit(anna, { accept: "*/*" })).type).toContain("application/json");
  expect((await submit({}, { accept: "application/json" })).type).toContain("application/json");
  const json = { method: "POST", headers: { "content-type": "application/json", accept: BROWSER }, body: "{}" };
  expect((await fetch(page, json)).headers.get("content-type")).toContain("application/json");
});
