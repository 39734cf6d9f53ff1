import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "@playwright/test";
import { z } from "zod";
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";

const Keys = z.object({ keys: z.array(z.object({ id: z.number() })) });
const Snippet = z.object({ html: z.string() });

test("the form of an administrator stands in any page, and what a visitor sends becomes a deal once", async ({
  product,
  account,
  page,
}) => {
  const { ask } = await product.api(account);
  const { keys } = Keys.parse(await ask("POST", "/api/intake/keys", { name: "Shop" }));
  const { html } = Snippet.parse(await ask("GET", `/api/intake/keys/${keys[0]!.id}/snippet`));
  // From this machine: the browser lets a page from elsewhere call no server here.
  const body = `<!doctype html><html lang="en"><title>Shop</title><h1>Write to us</h1>${html}</html>`;
  const shop = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(body)).listen(0);
  await once(shop, "listening");
  await page.goto(`http://localhost:${(shop.address() as AddressInfo).port}/`);
  const told = page.getByRole("status");
  await expect(page.getByRole("textbox")).toHaveCount(5);
  await expectAccessible(page, ".dealscope-form");

  await page.getByLabel("Your name").fill("Vera Visitor");
  await page.getByLabel("E-mail").fill("vera@visitor.example");
  await page.getByLabel("Phone").fill("none of yours");
  await page.getByLabel("Company").fill("Visitors Inc");
  await page.getByLabel("What can we do for you?").fill("We want <b>everything</b>.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(told).toHaveText("none of yours is not a phone number.");

  await page.getByLabel("Phone").fill("+1 415 555 0123");
  await page.getByRole("button", { name: "Send" }).dblclick();
  await expect(told).toHaveText("Thank you. We will be in touch.");
  const leads = () => product.kommo.control.leads.read({ account: account.id });
  await expect(() => expect(leads()).toHaveLength(1)).toPass();
  expect(leads()[0]).toMatchObject({
    name: "Visitors Inc",
    contacts: [{ name: "Vera Visitor", fields: { EMAIL: "vera@visitor.example", PHONE: "+14155550123" } }],
  });
  shop.close();
});
