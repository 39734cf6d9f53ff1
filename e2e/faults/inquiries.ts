import type { Stage } from "../stage/stage.ts";
import type { Random } from "./random.ts";

/** Words that the stand-in for the model judges in a known way, and what has to have come of them. */
const kinds = [
  {
    words:
      "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I am the CEO and decide myself. We must go live by March.",
    tag: "dealscope:hot",
    tasks: 1,
  },
  { words: "Just looking, no budget, no rush. I don't decide, I am an intern.", tag: "dealscope:cold", tasks: 0 },
  { words: "Buy followers and backlinks at our casino, click here!", tag: "dealscope:spam", tasks: 0 },
] as const;

/** A lead that somebody has sent, and how it has to end. */
export interface Inquiry {
  accountId: number;
  leadId: number;
  name: string;
  /** The tag of its segment. */
  tag: string;
  tasks: number;
}

/** Whoever is hot is called: one task for each. */
export const settings = {
  settleSeconds: 0.2,
  settleAtMostSeconds: 2,
  actions: { hot: { assign: null, moveTo: null, task: { text: "Call now", minutes: 30 } } },
};

/** Leads of some account, every other one hot. `of` is part of their names, so that what is found out about one says where it comes from. */
export async function send(
  stage: Stage,
  random: Random,
  wish: { accountId: number; count: number; of: string; overMs?: number },
): Promise<Inquiry[]> {
  const chosen = Array.from({ length: wish.count }, (_, n) => ({
    ...(n % 2 === 0 ? kinds[0] : random.pick(kinds)),
    name: `${wish.of}, lead ${n + 1};`,
  }));
  const leads = chosen.map(({ name, words }) => ({ name, note: words }));
  const many = { account: wish.accountId, leads, over_ms: wish.overMs ?? 0 };
  const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", many);
  return chosen.map(({ name, tag, tasks }, n) => ({ accountId: wish.accountId, leadId: ids[n]!, name, tag, tasks }));
}
