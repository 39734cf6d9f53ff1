import type { Stage } from "../stage/stage.ts";
import type { Random } from "./random.ts";

/** Words that the stand-in for the model judges in a known way, and what has to come of them. */
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

/** Whoever is hot is called: one task for each. */
export const settings = {
  settleSeconds: 0.2,
  settleAtMostSeconds: 2,
  actions: { hot: { assign: null, moveTo: null, task: { text: "Call now", minutes: 30 } } },
};

/** An account in which something of everything goes on. */
export interface Site {
  accountId: number;
  /** Its first stage. */
  first: number;
  /** Where no deal may be that has no lawyer, and none has one. */
  gated: number;
  /** Customer.io's workspace, if it has one. */
  workspace?: string | number;
}

/** A lead that somebody has sent, and how it has to end. */
export interface Inquiry {
  accountId: number;
  leadId: number;
  name: string;
  /** The tag of its segment. */
  tag: string;
  tasks: number;
  /** Where it was sent to a site, and so everything that goes on is known. */
  ended?: { notes: number; statusId: number; workspace: Site["workspace"] };
}

export interface Wish {
  count: number;
  /** Part of their names, so that what is found out about one says where it comes from. */
  of: string;
  overMs?: number;
}

/** Leads of one account, every other one hot. */
export async function send(
  stage: Stage,
  random: Random,
  { accountId, count, of, overMs = 0 }: Wish & { accountId: number },
): Promise<Inquiry[]> {
  return create(stage, accountId, chosen(random, count, `${of} of ${accountId}`), overMs);
}

/**
 * Leads with people who have addresses, in the first stage of a site. `moved` of them are moved at once to where they may not be:
 * each is put back, and has a note and a task for it.
 */
export async function sendToSite(
  stage: Stage,
  random: Random,
  site: Site,
  { count, of, overMs = 0, moved }: Wish & { moved: number },
): Promise<Inquiry[]> {
  const { accountId, first, gated, workspace } = site;
  const leads = chosen(random, count, `${of} of ${accountId}`).map((lead) => ({
    ...lead,
    status_id: first,
    contact: { name: "Ana Reyes", email: `ana.${random.whole(0, 1e12)}@client.test` },
  }));
  const inquiries = await create(stage, accountId, leads, overMs);
  for (const { leadId: id } of inquiries.slice(0, moved)) {
    await stage.control("leads/move", { account: accountId, id, status_id: gated });
  }
  return inquiries.map((inquiry, n) => {
    const more = n < moved ? 1 : 0;
    // One note is the person's who has asked.
    return { ...inquiry, tasks: inquiry.tasks + more, ended: { notes: 1 + more, statusId: first, workspace } };
  });
}

function chosen(random: Random, count: number, of: string) {
  return Array.from({ length: count }, (_, n) => {
    const { words, ...end } = n % 2 === 0 ? kinds[0] : random.pick(kinds);
    return { name: `${of}, lead ${n + 1};`, note: words, end };
  });
}

async function create(
  stage: Stage,
  accountId: number,
  leads: (object & { name: string; end: Pick<Inquiry, "tag" | "tasks"> })[],
  overMs: number,
): Promise<Inquiry[]> {
  const many = { account: accountId, leads: leads.map(({ end: _, ...lead }) => lead), over_ms: overMs };
  const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", many);
  return leads.map(({ name, end }, n) => ({ accountId, leadId: ids[n]!, name, ...end }));
}
