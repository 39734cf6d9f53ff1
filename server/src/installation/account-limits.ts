import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { scopesIn } from "../kommo/oauth.ts";
import { chatHistoryOf } from "./chat-history.ts";
import { Clients } from "./clients.ts";
import { KnownLists } from "./known-lists.ts";
import type { Need, Provisioning } from "./need.ts";
import { Tokens } from "./tokens.ts";

/** What the grant, the plan and the clocks allow, which pipelines there are, and in which country the account is. */
@Injectable()
export class AccountLimits implements Need {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly tokens: Tokens,
    private readonly lists: KnownLists,
  ) {}

  async provide({ accountId, kommo, before }: Provisioning) {
    const scopes = scopesIn(await this.tokens.of(accountId)) ?? null;
    const [talk] = await this.tenancy.run(accountId, (tx) =>
      tx.query("SELECT talk_id FROM message WHERE talk_id IS NOT NULL ORDER BY at DESC LIMIT 1"),
    );
    const state = await chatHistoryOf(kommo, talk?.talk_id, scopes);
    const checkedAt = new Date().toISOString();
    // An account does not move to another country: it is asked for once.
    const country = before.country ?? (await kommo.account()).country;
    const aheadMs = this.clients.clockAhead(accountId);
    await this.lists.keep(accountId, { pipelines: await kommo.pipelines() });
    return {
      found: {
        country,
        scopes,
        chatHistory: { state, checkedAt },
        clock: aheadMs === undefined ? null : { aheadMs: Math.round(aheadMs), checkedAt },
      },
      isNew: false,
    };
  }
}
