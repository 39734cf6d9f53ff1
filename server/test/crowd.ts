import { setTimeout as sleep } from "node:timers/promises";
import { sessionOf } from "./attack-tokens.ts";
import { type Answer, type Ask, ask } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

/** Administrators of one account who ask in turn, so that a thousand requests do not wait for the limit of one person. */
export class Crowd {
  private asked = 0;
  private constructor(
    private readonly world: World,
    private readonly tokens: readonly string[],
  ) {}

  static async of(world: World, accountId: number, people: number): Promise<Crowd> {
    const ids = Array.from({ length: people }, (_, n) => 900_000_000 + n);
    await world.database.look(
      `INSERT INTO kommo_user (account_id, user_id, name, is_admin, is_active, rights, mirrored_at)
       SELECT $1, id, 'Crowd ' || id, true, true, '{}', now() + interval '1 hour' FROM unnest($2::bigint[]) id`,
      [accountId, ids],
    );
    return new Crowd(world, await Promise.all(ids.map((userId) => sessionOf(world, { accountId, userId }))));
  }

  /** As the next of them; slows down where the whole account has to. */
  async ask(path: string, wish: Ask = {}): Promise<Answer> {
    const token = this.tokens[this.asked++ % this.tokens.length];
    const answer = await ask(this.world, path, { token, ...wish });
    if (answer.status !== 429) return answer;
    await sleep(Number(answer.headers.get("retry-after")) * 1_000);
    return this.ask(path, wish);
  }
}

/** Does it for each of these, so many at a time. */
export async function forEach<T>(things: readonly T[], use: (thing: T) => Promise<void>, abreast = 8): Promise<void> {
  const left = things.values();
  const work = async () => {
    for (const thing of left) await use(thing);
  };
  await Promise.all(Array.from({ length: abreast }, work));
}
