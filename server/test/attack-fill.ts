import { Card } from "@dealscope/shared/card";
import { IntakeKeys, IntakeReceipt } from "@dealscope/shared/intake";
import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { type TestAccount, texts } from "./account.ts";
import type { Browser } from "./widget-api-kit.ts";
import { until } from "./world.ts";

/** What there is in an account, by the places in routes where it is named. */
export interface Things {
  lead: number;
  contact: number;
  otherContact: number;
  suggestion: number;
  objection: number;
  draft: number;
  dryRun: number;
  backfill: number;
  key: number;
  proposal: number;
  receipt: string;
  formKey: string;
}

interface Wish {
  /** Put into every text about people and deals. */
  secret: string;
  numbersFrom: number;
  content: PromptVersionContent;
}

/** Makes one of everything that a route can name. */
export async function fill(account: TestAccount, admin: Browser, wish: Wish): Promise<Things> {
  return {
    ...(await fillLead(account, admin, wish)),
    ...(await fillSettings(account, wish)),
    ...(await fillForms(account, admin, wish)),
  };
}

async function fillLead(account: TestAccount, admin: Browser, { secret }: Wish) {
  const lead = account.create({ name: `${secret} deal`, note: `${secret}. ${texts.hot}` });
  const contact = account.control.leads.addContact({ account: account.id, id: lead, name: `${secret} Ana` }).id;
  const otherContact = account.control.contacts.create({ account: account.id, name: `${secret} other`, fields: {} }).id;
  const at = `/api/leads/${lead}`;
  await admin.get(Card, `${at}/card`);
  const override = { segment: "hot", score: 90, reason: `${secret} said so`, expiresAt: null };
  await admin.send(Card, `${at}/override`, { body: override });
  await admin.send(Card, `${at}/committee/objections`, { body: { contactId: contact, text: `${secret} objects` } });
  const [objection] = await account.look<{ id: number }>("SELECT id::int FROM objection WHERE lead_id = $1", [lead]);
  const [suggestion] = await account.look<{ id: number }>(
    `INSERT INTO role_suggestion (account_id, lead_id, contact_id, role, quote, said_kind)
     VALUES ($1, $2, $3, 'lawyer', $4, 'title') RETURNING id::int`,
    [account.id, lead, contact, `${secret} counsel`],
  );
  const [proposal] = await account.look<{ id: number }>(
    `INSERT INTO merge_proposal (account_id, request_no, entity, kept_id, other_ids, shared)
     VALUES ($1, 1, 'contact', $2, ARRAY[$3::bigint], $4) RETURNING id::int`,
    [account.id, contact, otherContact, `${secret}@mail.example`],
  );
  return {
    ...{ lead, contact, otherContact },
    ...{ objection: objection!.id, suggestion: suggestion!.id, proposal: proposal!.id },
  };
}

async function fillSettings(account: TestAccount, { secret, numbersFrom, content }: Wish) {
  const [draft, dryRun, backfill] = [numbersFrom, numbersFrom + 1, numbersFrom + 2];
  await account.look(
    "INSERT INTO prompt_version (account_id, number, state, content, created_by) VALUES ($1, $2, 'draft', $3, 'Kim')",
    [account.id, draft, JSON.stringify(content)],
  );
  await account.look(
    `INSERT INTO back_test (account_id, number, lead_id, segment, status, at)
     VALUES ($1, $2, 1, 'hot', 'qualified', app_now())`,
    [account.id, draft],
  );
  await account.look(
    `INSERT INTO dry_run (account_id, id, content, wanted, created_by, ended_at)
     VALUES ($1, $2, $3, 1, 'Kim', app_now())`,
    [account.id, dryRun, JSON.stringify(content)],
  );
  await account.look(
    `INSERT INTO dry_run_lead (account_id, dry_run_id, lead_id, place, name, state, reason)
     VALUES ($1, $2, 1, 1, $3, 'failed', 'needs_manual')`,
    [account.id, dryRun, `${secret} tried`],
  );
  const filter = { stages: [], createdFrom: null, createdTo: null, onlyUnjudged: true };
  await account.look(
    "INSERT INTO backfill (account_id, id, state, filter, created_by) VALUES ($1, $2, 'ready', $3, 'Kim')",
    [account.id, backfill, JSON.stringify(filter)],
  );
  return { draft, dryRun, backfill };
}

async function fillForms(account: TestAccount, admin: Browser, { secret }: Wish) {
  const { keys } = await admin.send(IntakeKeys, "/api/intake/keys", { body: { name: "Website" } });
  const { id, url } = keys[0]!;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ contacts: [{ name: `${secret} Paula`, email: `${secret}@form.example` }] }),
  });
  const receipt = IntakeReceipt.parse(await answer.json()).id;
  await until("the form is carried out", async () => {
    const ended = await account.look("SELECT FROM intake_request WHERE receipt = $1 AND ended_at IS NOT NULL", [
      receipt,
    ]);
    return ended.length > 0;
  });
  return { key: id, formKey: url.split("/").at(-1)!, receipt };
}
