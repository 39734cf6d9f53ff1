import { Stage, type Stores } from "../stage/stage.ts";
import { makeHistory } from "./history.ts";
import { cardsOf } from "./judged-deals.ts";
import { atRate, type LoadFigures, updateBody } from "./load.ts";

const ACCOUNTS = 20;
const CARDS = 20_000;
const CARDS_PER_SECOND = 50;
const WEBHOOKS_PER_SECOND = 100;
/** Upkeep looks once a minute whose turn it is. */
const UPKEEP_COMES_WITHIN_MS = 90_000;

export interface RetentionFigures {
  deliveries: number;
  old: number;
  /** From the first row deleted until the last, and how many went in a second. */
  seconds: number;
  perSecond: number;
  door: { before: LoadFigures; meanwhile: LoadFigures };
  card: { before: LoadFigures; meanwhile: LoadFigures };
}

/** Webhooks and cards without retention, and while it deletes what is older than 30 days, of all accounts. */
export async function measureRetention(stores: Stores, deliveries: number, old: number): Promise<RetentionFigures> {
  const history = await makeHistory(stores, { deliveries, leads: deliveries / 5 });
  try {
    const stage = await Stage.open(history.stores);
    try {
      const accounts = await stage.install(ACCOUNTS, { settleSeconds: 0 });
      await postpone(stage);
      const { accountId, hookUrl } = accounts[0]!;
      const { shotOf: cards } = await cardsOf(stage, accountId, CARDS);
      const leads = await stage.control<{ ids: number[] }>("leads/create-many", { account: accountId, count: 100 });
      await grow(
        stage,
        accounts.map((one) => one.accountId),
        old,
      );
      let n = 0;
      const load = async (lasts: number | (() => boolean)) => {
        const [door, card] = await Promise.all([
          atRate(
            () => ({ url: hookUrl, body: updateBody(accountId, leads.ids[n % 100]!, n++) }),
            WEBHOOKS_PER_SECOND,
            lasts,
          ),
          atRate(cards, CARDS_PER_SECOND, lasts),
        ]);
        return { door, card };
      };
      await load(3);
      const before = await load(15);
      const deleting = new Deleting(stage);
      const seconds = deleting.seconds();
      await deleting.began;
      const meanwhile = await load(() => deleting.goesOn);
      const took = await seconds;
      return {
        ...{ deliveries, old, seconds: Number(took.toFixed(1)), perSecond: Math.round(old / took) },
        door: { before: before.door, meanwhile: meanwhile.door },
        card: { before: before.card, meanwhile: meanwhile.card },
      };
    } finally {
      await stage.close();
    }
  } finally {
    await history.drop();
  }
}

/** Every account has had its upkeep, and is left alone for the next ten minutes. */
async function postpone(stage: Stage) {
  await stage.sql("UPDATE account SET upkept_at = now()");
}

/** Webhooks of the ten days before the last thirty. */
async function grow(stage: Stage, accounts: number[], count: number) {
  await stage.sql(
    `INSERT INTO delivery (account_id, source, content_type, body, state, dedupe_key, received_at, unpacked_at)
     SELECT ($1::bigint[])[1 + n % cardinality($1)], 'kommo', 'application/x-www-form-urlencoded', $2, 'done', sha256(n::text::bytea),
            received, received
       FROM generate_series(1, $3::int) n CROSS JOIN LATERAL (SELECT now() - interval '40 days' + n * interval '9 days' / $3::int AS received) r`,
    [accounts, updateBody(accounts[0]!, 1, 1), count],
  );
  await stage.sql("VACUUM ANALYZE delivery");
}

/** Upkeep's retention, from when it is let until nothing old is left. */
class Deleting {
  goesOn = true;
  readonly began: Promise<void>;
  readonly #stage: Stage;
  #begins = () => {};

  constructor(stage: Stage) {
    this.#stage = stage;
    this.began = new Promise((resolve) => {
      this.#begins = resolve;
    });
  }

  async seconds(): Promise<number> {
    const deleted = await this.#deleted();
    await this.#stage.sql("UPDATE account SET upkept_at = NULL");
    const hasBegun = async () => (await this.#deleted()) > deleted;
    await this.#stage.until("retention has begun", hasBegun, UPKEEP_COMES_WITHIN_MS, 20);
    const started = performance.now();
    this.#begins();
    const hasEnded = async () => !(await this.#isAnyOld());
    await this.#stage.until("everything old is deleted", hasEnded, 1_800_000, 100);
    this.goesOn = false;
    return (performance.now() - started) / 1000;
  }

  /** How many were ever deleted, of whichever account: PostgreSQL's own count, a second late at most. */
  async #deleted(): Promise<number> {
    const [row] = await this.#stage.sql<{ deleted: number }>(
      "SELECT n_tup_del AS deleted FROM pg_stat_user_tables WHERE relname = 'delivery'",
    );
    return row!.deleted;
  }

  async #isAnyOld(): Promise<boolean> {
    const [row] = await this.#stage.sql<{ any: boolean }>(
      "SELECT EXISTS (SELECT FROM delivery WHERE received_at < now() - interval '30 days') AS any",
    );
    return row!.any;
  }
}
