import type { ReactNode } from "react";
import type { StuckThings, WaitingWork } from "../../redrive/redrive.ts";
import type { AccountLine } from "../accounts-health.ts";
import { stuckOf } from "../health.ts";
import type { AuditRow } from "../operator-log.ts";
import { Audit } from "./audit-page.tsx";
import { Erasing } from "./erasing.tsx";
import { FormKey, Layout, type Viewer } from "./layout.tsx";
import { StuckItems } from "./stuck-items.tsx";
import { Ago, day, dollars, Problems, utc, whole } from "./words.tsx";

export interface AccountProps {
  viewer: Viewer;
  line: AccountLine;
  stuck: StuckThings;
  waiting: readonly WaitingWork[];
  audit: readonly AuditRow[];
  /** What was done just now, in a sentence. */
  done: string | undefined;
}

export function AccountPage({ viewer, line, stuck, waiting, audit, done }: AccountProps) {
  const { id, health, problems } = line;
  const action = `/operator/accounts/${id}/forms`;
  return (
    <Layout title={health.name || health.host} place="/operator" viewer={viewer}>
      {done && (
        <p className="notice good" role="status">
          {done}
        </p>
      )}
      <section className="sheet">
        <h1>{health.name || health.host}</h1>
        {health.status === "uninstalled" ? (
          <p>The account has left. {health.statusReason}</p>
        ) : (
          <Problems problems={problems} />
        )}
      </section>
      <section className="sheet">
        <h2>How it is</h2>
        <Facts line={line} />
      </section>
      <section className="sheet" id="stuck">
        <div className="row">
          <h2>Stuck: {whole(stuckOf(health))}</h2>
          {(stuckOf(health) > 0 || waiting.length > 0) && (
            <form method="post" action={`${action}/retry`}>
              <FormKey viewer={viewer} />
              <button type="submit" name="item" value="all" className="main">
                Try all again
              </button>
            </form>
          )}
        </div>
        {waiting.map(({ on, count, nextTryAt, reason }) => (
          <p key={on}>
            <span className="mark watch">Waiting</span> {whole(count)} for {on}; next try {utc(nextTryAt)}. {reason}
          </p>
        ))}
        <StuckItems stuck={stuck} host={health.host} now={health.now} action={`${action}/retry`} viewer={viewer} />
      </section>
      <section className="sheet">
        <h2>Erase</h2>
        <Erasing line={line} action={action} viewer={viewer} />
      </section>
      <section className="sheet">
        <div className="row">
          <h2>Audit</h2>
          <a href={`/operator/audit?q=${id}`}>All of it</a>
        </div>
        <Audit rows={audit} isOfOne />
      </section>
    </Layout>
  );
}

const STATUS = { active: "connected", needs_reconnect: "needs reconnect", uninstalled: "left" } as const;

function Facts({ line: { id, nameInMetrics, health } }: { line: AccountLine }) {
  const { now, grant, webhook, capDollars } = health;
  const facts: [string, ReactNode][] = [
    ["Account", `${id} · ${health.host}`],
    ["In the metrics", nameInMetrics],
    ["Status", `${STATUS[health.status]} since ${utc(health.statusSince)}`],
    ["Last webhook heard", <Ago key="heard" at={health.lastHeardAt} now={now} />],
    ["Webhook in Kommo", webhook ? `${webhook.state}${webhook.why ? `: ${webhook.why}` : ""}` : "not looked at yet"],
    ["Last scan", <Ago key="scan" at={health.scannedAt} now={now} />],
    ["Found by scans, told by no webhook", whole(health.healed)],
    ["Webhooks that can never be read", whole(health.hopeless)],
    ["Token", tokenOf(grant)],
    ["Oldest due", <Ago key="due" at={health.oldestDueAt} now={now} otherwise="nothing" />],
    [
      "Due: webhooks, work, writes",
      `${whole(health.newDeliveries)}, ${whole(health.dueWork)}, ${whole(health.dueWrites)}`,
    ],
    [
      "Model, this month",
      `${dollars(health.spentMicros)}${capDollars == null ? ", no limit" : ` of $${capDollars}`}, ${whole(health.calls)} calls`,
    ],
    ["Customer.io", health.customerio === null ? "no problem known" : health.customerio],
    ["Dry run", health.dryRun ? "yes: nothing is written into Kommo" : "no"],
  ];
  return (
    <dl>
      {facts.map(([name, fact]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

function tokenOf(grant: AccountLine["health"]["grant"]): string {
  if (!grant) return "none";
  if (grant.kind === "long_lived") return `long-lived, until ${day(grant.expiresAt)}`;
  return `OAuth, refreshed by itself; this one until ${utc(grant.expiresAt)}`;
}
