import { isDeepStrictEqual } from "node:util";
import { Module } from "@nestjs/common";
import { InstallationModule } from "../../installation/installation.module.ts";
import { PROVISION } from "../../installation/installations.ts";
import { SettingsParts } from "../../installation/settings-parts.ts";
import { LeadsModule } from "../../leads/leads.module.ts";
import { WebhooksModule } from "../../webhooks/webhooks.module.ts";
import { WorkModule } from "../../work/work.module.ts";
import { Work } from "../../work/work.ts";
import { WriteBackModule } from "../../write-back/write-back.module.ts";
import { DealChanges } from "./deal-changes.ts";
import { JoinWork } from "./join.work.ts";
import { DealNewcomers } from "./newcomers.service.ts";
import { Objections } from "./objections.service.ts";
import { PeopleListener } from "./people.listener.ts";
import { wrongRoles } from "./settings-check.ts";
import { Stakeholders } from "./stakeholders.service.ts";

/** The buying committee: who plays which part in a deal, who has approved, and what is held against it. */
@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [DealChanges, DealNewcomers, JoinWork, Objections, PeopleListener, Stakeholders],
  exports: [DealChanges, DealNewcomers, Objections, Stakeholders],
})
export class PeopleModule {
  constructor(parts: SettingsParts, work: Work) {
    parts.add({
      check: async (_tx, _account, settings) => wrongRoles(settings),
      saved: async (tx, accountId, before, settings) => {
        // What is called and kept how in Kommo is set there too, and whatever was not written for want of it.
        if (before.dryRun === settings.dryRun && isDeepStrictEqual(before.committee, settings.committee)) return;
        await work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "interactive" }]);
      },
    });
  }
}
