import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { LeadsModule } from "../leads/leads.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { WriteBackModule } from "../write-back/write-back.module.ts";
import { ConnectionChecks } from "./connection/connection-checks.ts";
import { Connections } from "./connection/connections.ts";
import { ReportingWebhooks } from "./connection/reporting-webhook.ts";
import { MailCall } from "./effects/call.work.ts";
import { Effects } from "./effects/effects.ts";
import { EmailStatusField } from "./effects/email-status-field.ts";
import { MailNotes } from "./effects/notes.work.ts";
import { MailStanding } from "./effects/standing.work.ts";
import { EngagementLeaving } from "./engagement-leaving.ts";
import { Hearing } from "./inbound/hearing.ts";
import { MailListener } from "./inbound/mail.listener.ts";
import { Sources } from "./inbound/sources.work.ts";
import { Whose } from "./inbound/whose.work.ts";
import { DealWork } from "./outbound/deals/deal.work.ts";
import { DealsListener } from "./outbound/deals/deals.listener.ts";
import { DealPreview } from "./outbound/deals/preview.service.ts";
import { Telling } from "./outbound/deals/telling.ts";
import { EngagementSettingsPart } from "./outbound/engagement-settings.ts";
import { DealsSent } from "./outbound/existing/deals-sent.service.ts";
import { DealsSentWork } from "./outbound/existing/deals-sent.work.ts";
import { Addresses } from "./outbound/people/addresses.ts";
import { SendWork } from "./outbound/sending/send.work.ts";
import { EngagementPanels } from "./panel/engagement-panels.ts";

/** Customer.io both ways: deals are told to campaigns, and what people do with the mails comes back to the deals. */
@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [
    Addresses,
    ConnectionChecks,
    Connections,
    DealPreview,
    DealsListener,
    DealsSent,
    DealsSentWork,
    DealWork,
    Effects,
    EmailStatusField,
    EngagementLeaving,
    EngagementPanels,
    EngagementSettingsPart,
    Hearing,
    MailCall,
    MailListener,
    MailNotes,
    MailStanding,
    ReportingWebhooks,
    SendWork,
    Sources,
    Telling,
    Whose,
  ],
  exports: [ConnectionChecks, Connections, DealPreview, DealsSent, EngagementPanels, ReportingWebhooks],
})
export class EngagementModule {}
