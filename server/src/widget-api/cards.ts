import type { AccountBanner, Card } from "@dealscope/shared/card";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import { committeeOf } from "../committee/people/committee-view.ts";
import { Tenancy } from "../database/tenancy.ts";
import { EngagementPanels } from "../engagement/panel/engagement-panels.ts";
import type { AccountEntity } from "../installation/account.entity.ts";
import { Accounts } from "../installation/accounts.ts";
import { provisioned } from "../installation/provisioning.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { readCard } from "./card-rows.ts";
import { activityOf, historyOf, overrideOf, standingOf, taskOf, verdictOf } from "./card-view.ts";
import { check, LeadAccess, placeOf } from "./lead-access.ts";
import { toPending } from "./pending.ts";
import { rankedLeads } from "./queue-rows.ts";
import { mayOn, type Rep } from "./rights.ts";
import { Segments } from "./segments.ts";
import { wouldWrite } from "./would-write.ts";

const NEXT = 3;

/** The deal card: everything it shows at once, from our own database. */
@Injectable()
export class Cards {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly access: LeadAccess,
    private readonly accounts: Accounts,
    private readonly settings: SettingsService,
    private readonly segments: Segments,
    private readonly panels: EngagementPanels,
  ) {}

  /** @throws ApiFailure "not_found" when there is no such lead for this user */
  async of(rep: Rep, leadId: number): Promise<Card> {
    const { accountId } = rep;
    const [account, settings, segments] = await Promise.all([
      this.accounts.get(accountId),
      this.settings.of(accountId),
      this.segments.of(accountId),
    ]);
    const { next, would, engagement, ...row } = await this.access.known(accountId, leadId, () =>
      this.tenancy.run(accountId, async (tx) => {
        const found = await readCard(tx, leadId);
        const wish = { mine: true, limit: NEXT, without: leadId };
        if (!found) return undefined;
        const standing = { ...found, verdict: found.verdict?.detail ?? null, override: overrideOf(found, segments) };
        const made = provisioned.parse(account.provisioned);
        return {
          ...found,
          next: await rankedLeads(tx, rep, segments, wish),
          engagement: await this.panels.of(tx, accountId, leadId, segments.named),
          would: settings.dryRun ? await wouldWrite(tx, standing, { accountId, settings, made, segments }) : null,
        };
      }),
    );
    check(row, rep, "view");
    const override = overrideOf(row, segments);
    return {
      at: row.now.toISOString(),
      lead: { id: leadId, name: row.name, mayEdit: mayOn(placeOf(row), rep, "edit") },
      segments: segments.inForce,
      standing: standingOf(row, override, segments),
      verdict: verdictOf(row, segments),
      override,
      pending: row.work && toPending(row.work),
      task: taskOf(row),
      wouldWrite: would,
      history: historyOf(row, segments),
      next,
      account: bannerOf(account, settings, row.spent_micros),
      activity: activityOf(row),
      committee: committeeOf(row.committee, {
        now: row.now,
        lead: {
          ...placeOf(row),
          createdAt: row.kommo_created_at,
          isClosed: row.closed_at !== null,
        },
        settings,
        made: provisioned.parse(account.provisioned),
        viewer: rep,
      }),
      engagement,
    };
  }
}

function bannerOf(account: AccountEntity, settings: Settings, spentMicros: number): AccountBanner {
  const { monthlyCapDollars } = settings;
  return {
    needsReconnect: account.status === "needs_reconnect",
    capReached: monthlyCapDollars !== null && spentMicros >= monthlyCapDollars * 1_000_000,
    dryRun: settings.dryRun,
    noWebhooks: provisioned.parse(account.provisioned).webhook?.state === "unavailable",
  };
}
