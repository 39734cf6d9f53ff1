import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sessionQuery } from "../api/queries.ts";
import { useWords } from "../i18n/words.ts";
import { useShell } from "../shell.tsx";
import { Notice } from "../ui/notice.tsx";
import { ActivityTab } from "./activity/activity-tab.tsx";
import { AgreementTab } from "./agreement/agreement-tab.tsx";
import { BackfillTab } from "./backfill/backfill-tab.tsx";
import { CommitteeTab } from "./committee/committee-tab.tsx";
import { Connection } from "./connection.tsx";
import { CriteriaTab } from "./criteria/criteria-tab.tsx";
import { CustomerioTab } from "./customerio/customerio-tab.tsx";
import { DashboardTab } from "./dashboard/dashboard-tab.tsx";
import { GatesTab } from "./gates/gates-tab.tsx";
import { IntakeTab } from "./intake/intake-tab.tsx";
import { usePlace } from "./kit/place.ts";
import { AdminContext } from "./kit/viewer.ts";
import { SetupTab } from "./setup/setup-tab.tsx";
import { SpendingTab } from "./spending/spending-tab.tsx";

const TABS = [
  "setup",
  "criteria",
  "committee",
  "gates",
  "intake",
  "customerio",
  "dashboard",
  "agreement",
  "backfill",
  "activity",
  "spending",
] as const;
type Tab = (typeof TABS)[number];

const views: Record<Tab, () => ReactNode> = {
  setup: () => <SetupTab />,
  criteria: () => <CriteriaTab />,
  committee: () => <CommitteeTab />,
  gates: () => <GatesTab />,
  agreement: () => <AgreementTab />,
  backfill: () => <BackfillTab />,
  activity: () => <ActivityTab />,
  spending: () => <SpendingTab />,
  intake: () => <IntakeTab />,
  customerio: () => <CustomerioTab />,
  dashboard: () => <DashboardTab />,
};

/** The page of its own: a tab is an address, so that it survives a reload and can be sent to a colleague. */
export function AdvancedPage() {
  const words = useWords();
  const { client, page } = useShell();
  const place = usePlace();
  const tab = TABS.find((name) => name === place.tab) ?? "setup";
  const session = useQuery(sessionQuery(client, page));
  const isConnected = session.data?.accountStatus === "active";
  return (
    <div className="dsc-page">
      <nav className="dsc-tabs" aria-label={words.t("tab.label")}>
        {TABS.map((name) => (
          <a key={name} className="dsc-tabs__tab" href={`#${name}`} aria-current={name === tab ? "page" : undefined}>
            {words.t(`tab.${name}`)}
          </a>
        ))}
      </nav>
      <div className="dsc-page__body">
        <h2 className="dsc-said">{words.t(`tab.${tab}`)}</h2>
        {!isConnected && <Connection />}
        {session.data && (
          <AdminContext value={session.data.isAdmin}>
            {!session.data.isAdmin && tab !== "dashboard" && <Notice kind="info">{words.t("page.read_only")}</Notice>}
            <div key={tab} className="dsc-page__tab">
              {views[tab]()}
            </div>
          </AdminContext>
        )}
      </div>
    </div>
  );
}
