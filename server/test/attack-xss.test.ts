import { afterAll, beforeAll, expect, test } from "vitest";
import { markerIn } from "../src/write-back/marker.ts";
import { Mailed } from "./engagement-in-kit.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Form } from "./intake-kit.ts";
import { until } from "./world.ts";

/** A script, a template, a reversed reading, letters that nobody sees, and a mark that would make the text one of ours. */
const HOSTILE = `<img src=x onerror=alert(1)><script>alert(1)</script>"'&{{person}} \u202egnp.exe\u2066\u200b\u0007`;
const FORGED = "\n· DS-aaaaaaaa";
/** Line ends are as people write them; nothing else that cannot be seen has a business in a text of ours. */
const UNSEEN = /[[\p{Cc}\p{Cf}]--[\n]]/v;

let world: EngagementWorld;
let account: Mailed;
beforeAll(async () => {
  world = await startEngagementWorld();
  account = await Mailed.open(world);
});
afterAll(() => world?.stop());

/** As they stand in Kommo. */
function textsOn(leadId: number): string[] {
  const { notes, tasks } = account.lead(leadId);
  return [...notes.map(({ params }) => String((params as { text?: string }).text)), ...tasks.map(({ text }) => text)];
}

function expectPlain(texts: string[], says: RegExp) {
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    // Kommo shows notes as texts, so what is written is what is said.
    expect(text).toMatch(says);
    expect(text).not.toMatch(UNSEEN);
    // A mark of theirs is a line like others: ours comes last.
    expect(markerIn(text)).not.toBe("DS-aaaaaaaa");
    expect(text).toMatch(/\n· DS-\w{8}$/);
  }
}

const SCRIPT = /<img src=x onerror=alert\(1\)><script>alert\(1\)<\/script>"'&\{\{person\}\} /;

test("what a mail, its reader and his mailbox are called stands in notes and tasks as it is, and nothing unseen with it", async () => {
  const contact = { name: `Ana ${HOSTILE}${FORGED}`, email: "ana@x.test" };
  const leadId = await account.deal("ana@x.test", { contact });
  const mail = account.mail("ana@x.test", { subject: `Offer ${HOSTILE}${FORGED}` });
  mail.open();
  mail.open();
  mail.open();
  mail.bounce(`No such ${HOSTILE}${FORGED}`);
  await account.settled();
  await until("there are notes and tasks", () => textsOn(leadId).length >= 3);
  expectPlain(textsOn(leadId), SCRIPT);
});

test("what a form has sent stands in its note as it is, and nothing unseen with it", async () => {
  const form = await Form.on(world, account);
  const { leadId } = await form.done({
    contacts: [{ name: `Ben ${HOSTILE}`, email: "ben@y.test", title: `Chief ${HOSTILE}` }],
    company: { name: `Acme ${HOSTILE}` },
    deal: { name: `Roof ${HOSTILE}` },
    message: `We need it ${HOSTILE}${FORGED}`,
  });
  await until("there is a note", () => textsOn(leadId).length > 0);
  expectPlain(textsOn(leadId), SCRIPT);
});
