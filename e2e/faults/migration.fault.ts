import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, inject } from "vitest";
import { migrate } from "../../server/src/database/migrate.ts";
import { fault } from "./fault.ts";
import { hookAnswers } from "./hooks.ts";
import { send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";

const ROWS = 1_000_000;

interface QueryRunner {
  query(statement: string): Promise<unknown>;
}

/** What a later version may bring to a table that is full and in use. */
class NextVersion1764000009001 {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE delivery ADD next_text text, ADD next_number int NOT NULL DEFAULT 7");
    await runner.query("ALTER TABLE delivery ADD CONSTRAINT next_rule CHECK (next_number > 0) NOT VALID");
  }

  async down() {}
}

class NextVersionLooksAtIt1764000009002 {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE delivery VALIDATE CONSTRAINT next_rule");
  }

  async down() {}
}

class NextVersionFindsIt1764000009003 {
  readonly transaction = false;

  async up(runner: QueryRunner) {
    await runner.query("CREATE INDEX CONCURRENTLY next_found ON delivery (account_id, next_number)");
  }

  async down() {}
}

const next = [NextVersion1764000009001, NextVersionLooksAtIt1764000009002, NextVersionFindsIt1764000009003];

fault(
  "a migration of a million rows while serving: no webhook is refused, nothing is lost",
  { withinSeconds: 400 },
  async (scene) => {
    const stage = await scene.open({ roles: ["web", "worker"] });
    const [installed] = await stage.install(1, settings);
    const { accountId } = installed!;
    await stage.sql(
      `INSERT INTO delivery (account_id, source, content_type, body, state, received_at)
     SELECT $1::bigint, 'kommo', 'application/x-www-form-urlencoded', 'account[id]=' || $1::bigint || '&n=' || n, 'done', app_now() - interval '1 day'
       FROM generate_series(1, $2::int) AS n`,
      [accountId, ROWS],
    );
    const [row] = await stage.sql<{ name: string }>("SELECT current_database() AS name");
    const at = (url: string) => Object.assign(new URL(url), { pathname: `/${row!.name}` }).href;
    const { ownerUrl, appUrl } = inject("postgres");

    // Somebody looks at the table for longer than Kommo waits.
    const reader = new pg.Client({ connectionString: at(ownerUrl) });
    await reader.connect();
    await reader.query("BEGIN; SELECT FROM delivery LIMIT 1");
    const coming = send(stage, scene.random, { accountId, count: 100, of: "While it migrates", overMs: 10_000 });
    const migrated = migrate(at(ownerUrl), at(appUrl), next);
    await sleep(6_000);
    await reader.end();
    await migrated;
    expect(await breaches(stage, await coming)).toEqual([]);
    expect(await hookAnswers(stage, accountId)).toEqual(["204"]);
    const [applied] = await stage.sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM migrations WHERE name LIKE 'NextVersion%'",
    );
    expect(applied!.n).toBe(next.length);
  },
);
