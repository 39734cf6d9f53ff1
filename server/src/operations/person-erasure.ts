import { Injectable, Logger, NotFoundException } from "@nestjs/common";
import { forgetWords } from "../committee/people/forgotten.ts";
import { lockContacts, lockLeads } from "../database/lock-leads.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { forgetReading } from "../engagement/inbound/forgotten.ts";

/** How many rows were blanked. `waiting`: webhooks not unpacked and verdicts not kept yet; while there are any, ask again. */
export interface ErasedOfPerson {
  leads: number;
  messages: number;
  notes: number;
  verdicts: number;
  deliveries: number;
  waiting: number;
}

/** So many ids of deliveries, of whatever account, are looked through in one transaction. */
const DELIVERIES_TOGETHER = 10_000;

/**
 * Forgets one person of an account: names and addresses, what they and we wrote in their leads, quotes and summaries of
 * verdicts, reasons of overrides, notes of approvals, objections and raw webhooks. Scores, stages and costs stay, and nothing
 * of it names the person; a lead is judged anew only for new words, or when a person asks. What was said until now stays
 * forgotten although Kommo still tells it. The contact has to be deleted in Kommo first, or the next reading brings its
 * name back.
 */
@Injectable()
export class PersonErasure {
  private readonly log = new Logger("erasure");

  constructor(private readonly tenancy: Tenancy) {}

  /** @throws NotFoundException when the account is not installed, or nothing is known of such a contact */
  async erase(accountId: number, contactId: number, actor = "operator"): Promise<ErasedOfPerson> {
    const { leads, words, ...counts } = await this.tenancy.run(accountId, async (tx) => {
      const [installed] = await tx.query("SELECT 1 FROM account");
      if (!installed) throw new NotFoundException(`Account ${accountId} is not installed here.`);
      const leads = await leadsOf(tx, contactId);
      await lockContacts(tx, accountId, [contactId]);
      await lockLeads(tx, accountId, leads);
      await tx.query("UPDATE contact SET erased_at = app_now() WHERE contact_id = $1", [contactId]);
      await tx.query("UPDATE lead SET erased_at = app_now() WHERE lead_id = ANY($1)", [leads]);
      const count = async (sql: string, parameters: unknown[]): Promise<number> => (await tx.query(sql, parameters))[1];
      const messages = await count(
        "UPDATE message SET text = '', author = '' WHERE contact_id = $1 OR lead_id = ANY($2)",
        [contactId, leads],
      );
      const notes = await count("UPDATE note SET text = '' WHERE lead_id = ANY($1)", [leads]);
      const verdicts = await count(BLANK_VERDICTS, [leads]);
      const words = await forgetReading(tx, accountId, contactId);
      await blankTraces(tx, contactId, leads);
      const erased = { messages, notes, verdicts };
      await tx.query(
        "INSERT INTO audit (account_id, actor, action, subject, detail) VALUES ($1, $2, 'person erased', $3, $4)",
        [accountId, actor, `contact ${contactId}`, JSON.stringify({ leads: leads.length, ...erased })],
      );
      return { leads, words, ...erased };
    });
    const about: About = [`\\m(${[contactId, ...leads].join("|")})\\M`, words.map((word) => JSON.stringify(word))];
    // Before what may fail: whoever restores a backup finds by this line who has to be erased again.
    this.log.log(`Contact ${contactId} of account ${accountId} is erased.`);
    const deliveries = await this.blankDeliveries(accountId, about);
    const [{ waiting }] = await this.tenancy.run(accountId, (tx) => tx.query(STILL_UNDER_WAY, [...about, leads]));
    return { leads: leads.length, ...counts, deliveries, waiting };
  }

  /**
   * There are weeks of webhooks, so they are looked through bit by bit. What Customer.io has told and nobody has heard yet is
   * not heard any more: it would bring back what is forgotten.
   */
  private async blankDeliveries(accountId: number, about: About): Promise<number> {
    const [{ first, last }] = await this.tenancy.run(accountId, (tx) =>
      tx.query("SELECT coalesce(min(id), 0) AS first, coalesce(max(id), -1) AS last FROM delivery"),
    );
    let deliveries = 0;
    for (let from = Number(first); from <= Number(last); from += DELIVERIES_TOGETHER) {
      const [, blanked] = await this.tenancy.run(accountId, (tx) =>
        tx.query(
          `UPDATE delivery SET body = '', last_error = NULL, flag = 'erased', state = CASE state WHEN 'new' THEN 'done' ELSE state END
            WHERE id >= $3 AND id < $4 AND (state <> 'new' OR source = 'customerio') AND body <> '' AND ${IS_ABOUT}`,
          [...about, from, from + DELIVERIES_TOGETHER],
        ),
      );
      deliveries += blanked;
    }
    return deliveries;
  }
}

/** An expression for ids in Kommo's webhooks, and what stands in Customer.io's, as it stands there. */
type About = [ids: string, words: string[]];

/**
 * Every webhook of Kommo about a person carries the id of the contact or of one of the leads; Customer.io knows neither, but an
 * address or ids of its own.
 */
const IS_ABOUT = `(body ~ $1 OR source = 'customerio'
  AND EXISTS (SELECT FROM unnest($2::text[]) AS word WHERE position(lower(word) IN lower(body)) > 0))`;

/** Of what was read before, a verdict may still speak. */
const STILL_UNDER_WAY = `
  SELECT (SELECT count(*) FROM delivery WHERE state = 'new' AND ${IS_ABOUT})
       + (SELECT count(*) FROM work WHERE kind = 'qualify' AND subject = ANY($3) AND leased_until > app_now()) AS waiting`;

async function leadsOf(tx: Tx, contactId: number): Promise<number[]> {
  const [{ known, leads }] = await tx.query(
    `SELECT EXISTS (SELECT FROM contact WHERE contact_id = $1) AS known,
            ARRAY(SELECT lead_id FROM lead_contact WHERE contact_id = $1
                  UNION SELECT lead_id FROM message WHERE contact_id = $1 AND lead_id IS NOT NULL
                  UNION SELECT lead_id FROM stakeholder_change WHERE contact_id = $1
                  UNION SELECT lead_id FROM objection WHERE contact_id = $1) AS leads`,
    [contactId],
  );
  if (!known && leads.length === 0) throw new NotFoundException("Nothing is known of such a contact.");
  return leads.map(Number);
}

/** Levels stay, because scores rest on them. */
const BLANK_VERDICTS = `
  UPDATE verdict SET summary = '', next_action = '', question = CASE WHEN question IS NULL THEN NULL ELSE '' END,
         detail = detail || jsonb_build_object(
           'summary', '', 'nextAction', '',
           'question', CASE WHEN detail->>'question' IS NULL THEN 'null'::jsonb ELSE '""'::jsonb END,
           'criteria', (SELECT coalesce(jsonb_agg(c || '{"quote": null}'), '[]')
                          FROM jsonb_array_elements(detail->'criteria') c))
   WHERE lead_id = ANY($1)`;

/** Without what stands behind a plus, as forms keep them. */
const ADDRESSES_OF_FORMS = `ARRAY(SELECT regexp_replace(address, '(?<=[^+])\\+[^@]*(?=@)', '') FROM contact_address WHERE contact_id = $1)`;

const WAS_ERASED = `{"path": "", "message": "This was erased."}`;

/**
 * What a form has sent about the person and is not carried out: it never will be. What is done is kept without its words; the
 * sender's own key may be somebody's address, and names stay with what was given up.
 */
async function forgetForms(tx: Tx, contactId: number, leads: readonly number[]) {
  await tx.query(
    `UPDATE intake_creation i SET name = NULL, issue = CASE WHEN issue IS NULL THEN NULL ELSE '${WAS_ERASED}'::jsonb END
      WHERE (entity = 'contact' AND kommo_id = $1) OR (entity = 'lead' AND kommo_id = ANY($2))
         OR lower(name) = (SELECT lower(c.name) FROM contact c WHERE c.contact_id = $1)
         OR request_no IN (SELECT no FROM intake_request
                            WHERE contact_ids @> ARRAY[$1::bigint] OR about && ${ADDRESSES_OF_FORMS})`,
    [contactId, leads],
  );
  await tx.query(
    `UPDATE intake_request SET body = NULL, about = '{}', plan = NULL, state = 'failed', ended_at = app_now(),
            idempotency_key = NULL, issues = '[${WAS_ERASED}]'
      WHERE body IS NOT NULL
        AND about && ${ADDRESSES_OF_FORMS}`,
    [contactId],
  );
  await tx.query(
    "UPDATE intake_request SET issues = '[]', idempotency_key = NULL WHERE contact_ids @> ARRAY[$1::bigint] AND body IS NULL",
    [contactId],
  );
  await tx.query(
    "DELETE FROM merge_proposal WHERE entity = 'contact' AND (kept_id = $1 OR other_ids @> ARRAY[$1::bigint])",
    [contactId],
  );
}

const OPTS_OUT = `(kind = 'person' AND operation @> '{"attributes": {"unsubscribed": true}}')`;

/**
 * Who the person was to Customer.io, and what waits to be told there. Whoever shares a mailbox with others stays known by
 * it; what was told stays there, which is Customer.io's to forget.
 */
async function forgetAudience(tx: Tx, contactId: number, leads: readonly number[]) {
  const [gone]: [{ person_id: number }[]] = await tx.query(
    "DELETE FROM customerio_person_contact WHERE contact_id = $1 RETURNING person_id",
    [contactId],
  );
  const ids = gone.map(({ person_id }) => person_id);
  await tx.query(
    `UPDATE customerio_person SET attributes = '{}' WHERE id = ANY($1)
        AND EXISTS (SELECT FROM customerio_person_contact c WHERE c.person_id = id)`,
    [ids],
  );
  const [alone]: [{ id: number }[]] = await tx.query(
    `DELETE FROM customerio_person WHERE id = ANY($1)
        AND NOT EXISTS (SELECT FROM customerio_person_contact c WHERE c.person_id = id) RETURNING id`,
    [ids],
  );
  // That somebody wants no mail is still said, and nothing else of him.
  await tx.query(
    `UPDATE customerio_write SET operation = jsonb_set(operation, '{attributes}', '{"unsubscribed": true}')
      WHERE person_id = ANY($1) AND state IN ('due', 'stuck') AND ${OPTS_OUT}`,
    [ids],
  );
  await tx.query(
    `UPDATE customerio_write SET operation = '{}', reason = NULL, ended_at = coalesce(ended_at, app_now()),
            state = CASE WHEN state IN ('due', 'stuck') THEN 'dropped' ELSE state END
      WHERE (person_id = ANY($1) OR (lead_id = ANY($2) AND (kind = 'object' OR person_id = ANY($3))))
        AND NOT (state IN ('due', 'stuck') AND ${OPTS_OUT})`,
    [alone.map(({ id }) => id), leads, ids],
  );
  await tx.query("UPDATE customerio_deal SET object = NULL WHERE lead_id = ANY($1)", [leads]);
}

async function blankTraces(tx: Tx, contactId: number, leads: readonly number[]) {
  await forgetForms(tx, contactId, leads);
  await forgetAudience(tx, contactId, leads);
  await tx.query(`UPDATE lead SET shown = shown - 'summary' - 'nextAction' WHERE lead_id = ANY($1)`, [leads]);
  await tx.query(
    `UPDATE lead SET name = '' FROM contact c
      WHERE lead_id = ANY($2) AND c.contact_id = $1 AND c.name <> '' AND position(lower(c.name) IN lower(lead.name)) > 0`,
    [contactId, leads],
  );
  await tx.query("UPDATE contact SET name = '', title = '' WHERE contact_id = $1", [contactId]);
  await tx.query("DELETE FROM contact_address WHERE contact_id = $1", [contactId]);
  await forgetWords(tx, leads);
  await tx.query("UPDATE override SET reason = '' WHERE lead_id = ANY($1)", [leads]);
  await tx.query("UPDATE audit SET detail = detail - 'reason' WHERE subject = ANY($1)", [
    leads.map((id) => `lead ${id}`),
  ]);
  await tx.query("UPDATE back_test SET detail = NULL WHERE lead_id = ANY($1)", [leads]);
  await tx.query("UPDATE dry_run_lead SET name = '', detail = NULL WHERE lead_id = ANY($1)", [leads]);
  await tx.query(
    "UPDATE stakeholder_element SET shown = shown - 'name', wanted = wanted - 'name' WHERE contact_id = $1",
    [contactId],
  );
  // What waits to be written is written: it stands in the deal, which is Kommo's to forget. What was given up is not tried
  // again: nothing but its mark would be left to write.
  await tx.query(
    `UPDATE write SET last_error = NULL, body = body - 'text' - 'result' - 'name' - 'values' #- '{fields,summary}' #- '{fields,nextAction}',
            outcome = CASE WHEN state = 'dead' THEN 'erased' ELSE outcome END
      WHERE lead_id = ANY($1) AND state <> 'due'`,
    [leads],
  );
}
