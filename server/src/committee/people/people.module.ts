import { Module } from "@nestjs/common";
import { InstallationModule } from "../../installation/installation.module.ts";
import { SettingsParts } from "../../installation/settings-parts.ts";
import { LeadsModule } from "../../leads/leads.module.ts";
import { WebhooksModule } from "../../webhooks/webhooks.module.ts";
import { WorkModule } from "../../work/work.module.ts";
import { DealChanges } from "./deal-changes.ts";
import { Objections } from "./objections.service.ts";
import { PeopleListener } from "./people.listener.ts";
import { wrongRoles } from "./settings-check.ts";
import { Stakeholders } from "./stakeholders.service.ts";

/** The buying committee: who plays which part in a deal, who has approved, and what is held against it. */
@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule],
  providers: [DealChanges, Objections, PeopleListener, Stakeholders],
  exports: [DealChanges, Objections, Stakeholders],
})
export class PeopleModule {
  constructor(parts: SettingsParts) {
    parts.add({ check: async (_tx, _account, settings) => wrongRoles(settings) });
  }
}
