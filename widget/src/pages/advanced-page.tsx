import { type ReactNode, useSyncExternalStore } from "react";
import { useWords } from "../i18n/words.ts";
import { Connection } from "./connection.tsx";

const TABS = ["setup", "criteria", "agreement", "backfill", "activity", "spending"] as const;
type Tab = (typeof TABS)[number];

const views: Partial<Record<Tab, () => ReactNode>> = {
  setup: () => <Connection />,
};

/** The page of its own: a tab is an address, so that it survives a reload and can be sent to a colleague. */
export function AdvancedPage() {
  const words = useWords();
  const tab = useSyncExternalStore(onAddressChange, currentTab);
  return (
    <div className="dsc-page">
      <h2 className="dsc-page__title">{words.t("advanced.title")}</h2>
      <nav className="dsc-tabs" aria-label={words.t("tab.label")}>
        {TABS.map((name) => (
          <a key={name} className="dsc-tabs__tab" href={`#${name}`} aria-current={name === tab ? "page" : undefined}>
            {words.t(`tab.${name}`)}
          </a>
        ))}
      </nav>
      <div className="dsc-page__body">{views[tab]?.()}</div>
    </div>
  );
}

function currentTab(): Tab {
  const name = window.location.hash.slice(1);
  return TABS.find((tab) => tab === name) ?? "setup";
}

function onAddressChange(listener: () => void) {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
