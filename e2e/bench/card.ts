import { Stage, type Stores } from "../stage/stage.ts";
import { cardsOf } from "./judged-deals.ts";
import { atRate, type LoadFigures } from "./load.ts";

const LEADS = 100_000;

export interface CardFigures extends LoadFigures {
  leads: number;
  /** Calls of Kommo's API while cards were read. */
  kommoCalls: number;
}

/** 100 cards a second for some seconds, of an account with 100 000 judged leads. */
export async function measureCard(stores: Stores, seconds = 20, leads = LEADS): Promise<CardFigures> {
  const stage = await Stage.open(stores);
  try {
    const [account] = await stage.install(1, { settleSeconds: 0 });
    const { accountId } = account!;
    const { shotOf } = await cardsOf(stage, accountId, leads);
    await stage.control("ledger/reset");
    const figures = await atRate(shotOf, 100, seconds);
    const { requests } = await stage.control<{ requests: { total: { requests: number } } }>("ledger/summary", {
      account: accountId,
    });
    return { ...figures, leads, kommoCalls: requests.total.requests };
  } finally {
    await stage.close();
  }
}
