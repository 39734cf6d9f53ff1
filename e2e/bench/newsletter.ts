import { sign } from "../sandbox/customerio/hooks/signature.ts";
import { newUlid } from "../sandbox/customerio/state/ulid.ts";
import type { Stage } from "../stage/stage.ts";
import type { Shot } from "./load.ts";

/** Somebody who gets the newsletter, and his deal. */
export interface Reader {
  leadId: number;
  contactId: number;
  address: string;
}

interface Lead {
  id: number;
  contacts: { id: number; fields: { EMAIL: string } }[];
}

/** Deals in Kommo, each with a person, which the server knows already: they are what a newsletter meets. */
export async function readersOf(
  stage: Stage,
  account: number,
  count: number,
  { pipelineId, first }: { pipelineId: number; first: number },
): Promise<Reader[]> {
  const leads = Array.from({ length: count }, (_, n) => ({
    name: `Deal ${n}`,
    status_id: first,
    contact: { name: `Reader ${n}`, email: `reader-${n}@bench.example` },
  }));
  const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", { account, leads });
  const made = Object.values(await stage.control<Record<string, Lead>>("leads/read", { account, ids }));
  const readers = made.map(({ id: leadId, contacts: [contact] }) => {
    return { leadId, contactId: contact!.id, address: contact!.fields.EMAIL };
  });
  await remember(stage, account, readers, pipelineId, first);
  return readers;
}

async function remember(stage: Stage, account: number, readers: Reader[], pipelineId: number, statusId: number) {
  const [leads, contacts] = [readers.map(({ leadId }) => leadId), readers.map(({ contactId }) => contactId)];
  await stage.sql(
    `INSERT INTO lead (account_id, lead_id, name, status_id, pipeline_id, kommo_created_at, kommo_updated_at)
     SELECT $1::bigint, unnest($2::bigint[]), 'Deal', $3::bigint, $4::bigint, app_now(), app_now()`,
    [account, leads, statusId, pipelineId],
  );
  await stage.sql(
    "INSERT INTO contact (account_id, contact_id, name) SELECT $1::bigint, unnest($2::bigint[]), 'Reader'",
    [account, contacts],
  );
  await stage.sql(
    `INSERT INTO lead_contact (account_id, lead_id, contact_id, is_main)
     SELECT $1::bigint, unnest($2::bigint[]), unnest($3::bigint[]), true`,
    [account, leads, contacts],
  );
  await stage.sql(
    `INSERT INTO contact_address (account_id, address, contact_id)
     SELECT $1::bigint, unnest($2::text[]), unnest($3::bigint[])`,
    [account, readers.map(({ address }) => address), contacts],
  );
  await stage.sql("ANALYZE");
}

/** What has happened to one reader's mail. */
export interface News {
  place: number;
  metric: "sent" | "delivered" | "opened" | "clicked";
  flags?: Record<string, unknown>;
}

/** Each mail is delivered and opened by a machine; every tenth reader opens it himself, every twentieth follows a link. */
export function whatBecomes(readers: number): News[] {
  return Array.from({ length: readers }, (_, place) => place).flatMap((place) => [
    { place, metric: "delivered" },
    { place, metric: "opened", flags: { prefetched: true, proxied: true } },
    ...(place % 10 === 0 ? [{ place, metric: "opened" } as const] : []),
    ...(place % 20 === 0
      ? [{ place, metric: "clicked", flags: { href: "https://shop.example/", link_id: 1 } } as const]
      : []),
  ]);
}

/** The webhook that tells it, signed as Customer.io signs. */
export function webhookOf(url: string, signingKey: string, { address }: Reader, { place, metric, flags }: News): Shot {
  const now = Date.now();
  const seconds = Math.floor(now / 1000);
  const body = JSON.stringify({
    ...{ event_id: newUlid(now), object_type: "email", metric, timestamp: seconds },
    data: {
      ...{ identifiers: { id: null, email: address, cio_id: `bench${place}` }, customer_id: "" },
      ...{ delivery_id: `dgBench${place}==`, newsletter_id: 1, content_id: 1, recipient: address, subject: "Our news" },
      ...flags,
    },
  });
  const headers = {
    "content-type": "application/json",
    "x-cio-timestamp": String(seconds),
    "x-cio-signature": sign(signingKey, seconds, body),
  };
  return { url, body, headers };
}
