import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction, tenantTable } from "../rules.ts";

const TABLES = [
  "customerio_connection",
  "customerio_person",
  "customerio_person_contact",
  "customerio_write",
  "engagement_event",
];

/** Customer.io both ways: the keys, whom we know there as whom, what is to be sent, and what people did with their mails. */
export class CustomerIo1764000000050 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE customerio_connection (
        account_id bigint PRIMARY KEY,
        site_id text NOT NULL,
        track_key_sealed text NOT NULL,
        app_key_sealed text,
        signing_key_sealed text,
        region text NOT NULL CHECK (region IN ('us', 'eu')),
        environment_id bigint NOT NULL,
        path_key_hash bytea NOT NULL UNIQUE,
        path_key_sealed text NOT NULL,
        -- The reporting webhook that we have made by the App API.
        webhook_id bigint,
        sends_all boolean,
        -- Why nothing can be sent: refused keys, or Customer.io is away.
        problem text CHECK (problem IN ('refused', 'unavailable')),
        last_sent_at timestamptz,
        last_heard_at timestamptz,
        last_signed_at timestamptz,
        last_refused_at timestamptz,
        refusal text CHECK (refusal IN ('no_key', 'no_signature', 'wrong')),
        refused int NOT NULL DEFAULT 0,
        checked_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT app_now()
      )`);

    // One person of the workspace; several contacts may be one, such as those who share a mailbox.
    await runner.query(`
      CREATE TABLE customerio_person (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        identified_by text NOT NULL CHECK (identified_by IN ('email', 'id')),
        identifier text NOT NULL,
        -- As Customer.io compares it: addresses without letter case.
        identifier_key text NOT NULL,
        cio_id text,
        -- What was last decided to be sent, so that only changes are.
        attributes jsonb NOT NULL DEFAULT '{}',
        unsubscribed_at timestamptz,
        -- 'kommo': by our own word, whose echo comes back; 'customerio': by the person's.
        unsubscribed_by text CHECK (unsubscribed_by IN ('kommo', 'customerio')),
        address_state text CHECK (address_state IN ('bounced', 'spam')),
        address_state_at timestamptz,
        -- When Kommo was last asked for a contact with this address.
        looked_for_at timestamptz,
        PRIMARY KEY (account_id, id),
        UNIQUE (account_id, identified_by, identifier_key)
      )`);
    await runner.query(
      "CREATE INDEX customerio_person_by_cio_id ON customerio_person (account_id, cio_id) WHERE cio_id IS NOT NULL",
    );
    await runner.query(`
      CREATE TABLE customerio_person_contact (
        account_id bigint NOT NULL,
        contact_id bigint NOT NULL,
        person_id bigint NOT NULL,
        PRIMARY KEY (account_id, contact_id)
      )`);
    await runner.query("CREATE INDEX customerio_contacts_of ON customerio_person_contact (account_id, person_id)");

    // What is to be sent, in the order of its ids; committed with the decision that causes it.
    await runner.query(`
      CREATE TABLE customerio_write (
        account_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        person_id bigint,
        lead_id bigint,
        kind text NOT NULL CHECK (kind IN ('person', 'event', 'object')),
        -- An operation of Track v2, ready to be sent.
        operation jsonb NOT NULL,
        -- Of an event, the ULID by which Customer.io and we know it again.
        event_id text,
        state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'stuck', 'dropped')),
        reason text,
        made_at timestamptz NOT NULL DEFAULT app_now(),
        ended_at timestamptz,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query("CREATE INDEX customerio_write_due ON customerio_write (account_id, id) WHERE state = 'due'");
    await runner.query(
      "CREATE INDEX customerio_write_stuck ON customerio_write (account_id, id) WHERE state = 'stuck'",
    );
    await runner.query(
      "CREATE UNIQUE INDEX customerio_write_event ON customerio_write (account_id, event_id) WHERE event_id IS NOT NULL",
    );

    // What the reporting webhook has told; whose it is may become known later.
    await runner.query(`
      CREATE TABLE engagement_event (
        account_id bigint NOT NULL,
        event_id text NOT NULL,
        metric text NOT NULL,
        channel text NOT NULL,
        at timestamptz NOT NULL,
        received_at timestamptz NOT NULL DEFAULT app_now(),
        -- As it was told: an address without letter case, the workspace's own id, Customer.io's.
        address text,
        own_id text,
        cio_id text,
        person_id bigint,
        contact_id bigint,
        lead_id bigint,
        delivery_id text,
        source_kind text CHECK (source_kind IN ('campaign', 'broadcast', 'newsletter', 'transactional')),
        source_id text,
        subject text,
        link text,
        -- Why it does not count as a person's; null: it does.
        machine text CHECK (machine IN ('prefetched', 'proxied', 'synthetic', 'machine', 'scanner', 'too_fast')),
        reason text,
        -- The event of ours that has started the campaign.
        trigger_event_id text,
        PRIMARY KEY (account_id, event_id)
      )`);
    await runner.query(
      "CREATE INDEX engagement_of_lead ON engagement_event (account_id, lead_id, at) WHERE lead_id IS NOT NULL",
    );
    await runner.query(
      "CREATE INDEX engagement_of_contact ON engagement_event (account_id, contact_id, at) WHERE contact_id IS NOT NULL",
    );
    await runner.query(
      "CREATE INDEX engagement_of_mail ON engagement_event (account_id, delivery_id, at) WHERE delivery_id IS NOT NULL",
    );
    await runner.query(
      "CREATE INDEX engagement_arrivals ON engagement_event (account_id, delivery_id) WHERE metric IN ('sent', 'delivered')",
    );
    await runner.query(
      "CREATE INDEX engagement_of_nobody ON engagement_event (account_id, address) WHERE contact_id IS NULL",
    );
    for (const table of TABLES) await tenantTable(runner, table);

    // Door "lookup": from the key in a reporting webhook's address to its account, and to what its signature is checked with.
    await runner.query("GRANT SELECT ON customerio_connection TO dealscope_lookup");
    await runner.query("CREATE POLICY lookup ON customerio_connection FOR SELECT TO dealscope_lookup USING (true)");
    await runner.query(`
      CREATE FUNCTION lookup_by_customerio_key(hash bytea)
      RETURNS TABLE (account_id bigint, status text, signing_key_sealed text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT c.account_id, a.status, c.signing_key_sealed
          FROM customerio_connection c JOIN account a ON a.account_id = c.account_id WHERE c.path_key_hash = hash
      $$`);
    await doorFunction(runner, "lookup_by_customerio_key(bytea)", "dealscope_lookup");
    // Whether another account of this server speaks to the same workspace.
    await runner.query(`
      CREATE FUNCTION customerio_workspace_is_shared(workspace bigint, account bigint) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT EXISTS (SELECT FROM customerio_connection c WHERE c.environment_id = workspace AND c.account_id <> account)
      $$`);
    await doorFunction(runner, "customerio_workspace_is_shared(bigint, bigint)", "dealscope_lookup");
    await replaceSamples(
      runner,
      `UNION ALL SELECT track_key_sealed FROM customerio_connection
       UNION ALL SELECT app_key_sealed FROM customerio_connection
       UNION ALL SELECT signing_key_sealed FROM customerio_connection
       UNION ALL SELECT path_key_sealed FROM customerio_connection`,
    );
  }

  async down(runner: QueryRunner) {
    await replaceSamples(runner, "");
    await runner.query("DROP FUNCTION customerio_workspace_is_shared(bigint, bigint)");
    await runner.query("DROP FUNCTION lookup_by_customerio_key(bytea)");
    await runner.query(`DROP TABLE ${TABLES.join(", ")}`);
  }
}

async function replaceSamples(runner: QueryRunner, more: string) {
  await runner.query("DROP FUNCTION sealed_samples()");
  await runner.query(`
    CREATE FUNCTION sealed_samples() RETURNS TABLE (sealed text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT DISTINCT ON (split_part(kept.sealed, ':', 1)) kept.sealed FROM (
        SELECT path_key_sealed FROM account
        UNION ALL SELECT access_sealed FROM oauth_grant
        UNION ALL SELECT refresh_sealed FROM oauth_grant
        UNION ALL SELECT code_sealed FROM install_callback
        UNION ALL SELECT pair_sealed FROM install_callback
        UNION ALL SELECT key_sealed FROM intake_key
        ${more}
      ) kept (sealed) WHERE kept.sealed <> ''
    $$`);
  await doorFunction(runner, "sealed_samples()", "dealscope_lookup");
}
