import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { KnownPeople } from "./known-people.ts";
import { LeadsListener } from "./leads.listener.ts";
import { LeadReader } from "./reader.ts";

@Module({
  imports: [InstallationModule, WebhooksModule],
  providers: [KnownPeople, LeadReader, LeadsListener],
  exports: [KnownPeople, LeadReader],
})
export class LeadsModule {}
