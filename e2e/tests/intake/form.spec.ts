import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "@playwright/test";
import { z } from "zod";
import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/dealscope.ts";
import type { Account, Product } from "../kit/product.ts";

const Keys = z.object({ keys: z.array(z.object({ id: z.number() })) });
const Snippet = z.object({ html: z.string() });

/** A page of the customer's own with the form in it, on this machine: the browser lets a page from elsewhere call no server here. */
async function shopOf(product: Product, account: Account, changed = (html: string) => html): Promise<Server> {
  const { ask } = await product.api(account);
  const { keys } = Keys.parse(await ask("POST", "/api/intake/keys", { name: "Shop" }));
  const { html } = Snippet.parse(await ask("GET", `/api/intake/keys/${keys[0]!.id}/snippet`));
  const body = `<!doctype html><html lang="en"><title>Shop</title><h1>Write to us</h1>${changed(html)}</html>`;
  const shop = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(body)).listen(0);
  await once(shop, "listening");
  return shop;
}

function addressOf(shop: Server): string {
  return `http://localhost:${(shop.address() as AddressInfo).port}/`;
}

test("the form of an administrator stands in any page, and what a visitor sends becomes a deal once", async ({
  product,
  account,
  page,
}) => {
  const shop = await shopOf(product, account);
  await page.goto(addressOf(shop));
  const told = page.getByRole("status");
  await expect(page.getByRole("textbox")).toHaveCount(5);
  await expectAccessible(page, ".dealscope-form");

  await page.getByLabel("Your name").fill("Vera Visitor");
  await page.getByLabel("E-mail").fill("vera@visitor.example");
  await page.getByLabel("Phone").fill("call me at noon");
  await page.getByLabel("Company").fill("Visitors Inc");
  await page.getByLabel("What can we do for you?").fill("We want <b>everything</b>.");
  await page.getByRole("button", { name: "Send" }).dblclick();
  await expect(told).toHaveText("Thank you. We will be in touch.");
  const leads = () => product.kommo.control.leads.read({ account: account.id });
  await expect(() => expect(leads()).toHaveLength(1)).toPass();
  expect(leads()[0]).toMatchObject({
    name: "Visitors Inc",
    contacts: [{ name: "Vera Visitor", fields: { EMAIL: "vera@visitor.example" } }],
  });
  await expect(() => expect(JSON.stringify(leads()[0]!.notes)).toContain("Phone as written: call me at noon")).toPass();
  shop.close();
});

test("without scripts the form is answered by pages that say what is wrong, and thanks, in the visitor's language", async ({
  product,
  account,
  browser,
}) => {
  // Somebody may change the form, so that a browser does not ask for a name any more.
  const shop = await shopOf(product, account, (html) => html.replaceAll(" required>", ">"));
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "pt-BR" });
  const page = await context.newPage();
  const send = async (name: string, phone: string) => {
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Phone").fill(phone);
    await page.getByRole("button", { name: "Send" }).click();
  };
  await page.goto(addressOf(shop));
  await send("", "none of yours");
  await expect(page.getByRole("heading")).toHaveText("Não foi possível enviar");
  await expect(page.getByRole("listitem")).toHaveText(
    "none of yours is not a phone number; write it with the country code, such as +49 171 5550199.",
  );

  await page.goBack();
  await send("Zoë Müller", "");
  await expect(page.getByRole("heading")).toHaveText("Obrigado");
  await page.getByRole("link").click();
  await expect(page.getByRole("heading")).toHaveText("Write to us");
  const leads = () => product.kommo.control.leads.read({ account: account.id });
  await expect(() => expect(leads()).toMatchObject([{ contacts: [{ name: "Zoë Müller" }] }])).toPass();
  await context.close();
  shop.close();
});
