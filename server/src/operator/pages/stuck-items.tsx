import type { ReactNode } from "react";
import { STUCK_SHOWN, type StuckThings } from "../../redrive/redrive.ts";
import { FormKey, type Viewer } from "./layout.tsx";
import { WHAT } from "./stuck-page.tsx";
import { Ago } from "./words.tsx";

interface Props {
  stuck: StuckThings;
  /** Of the account in Kommo. */
  host: string;
  now: Date;
  action: string;
  viewer: Viewer;
}

interface Item {
  /** As it is named in a form. */
  id: string;
  what: keyof typeof WHAT;
  text: ReactNode;
  at: Date;
  error: string;
  canRetry: boolean;
  traceId: string | null;
}

/** The newest of each sort, with the reason, and a button for each that may still succeed. */
export function StuckItems({ stuck, host, now, action, viewer }: Props) {
  const items = itemsOf(stuck, host);
  if (items.length === 0) return null;
  return (
    <form method="post" action={action}>
      <FormKey viewer={viewer} />
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Reason</th>
            <th scope="col">Since</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, what, text, at, error, canRetry, traceId }) => (
            <tr key={id}>
              <td>
                {WHAT[what]} <span className="quiet">{id}</span>
                <div className="quiet">{text}</div>
              </td>
              <td className="reason">
                {error || "No reason was kept."}
                {traceId && <div className="quiet">in the log: {traceId}</div>}
              </td>
              <td className="time" data-label="Since">
                <Ago at={at} now={now} />
              </td>
              <td className="number">
                {canRetry ? (
                  <button type="submit" name="item" value={id} className="small">
                    Try again<span className="unseen"> {id}</span>
                  </button>
                ) : (
                  <span className="quiet">cannot succeed</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {isCut(stuck) && <p className="quiet">The newest {STUCK_SHOWN} of each sort are listed.</p>}
    </form>
  );
}

function itemsOf({ deliveries, work, writes, customerio }: StuckThings, host: string): Item[] {
  const ofLead = (leadId: number) => (
    // Kommo's page of the deal: a number that is not here any more leads nowhere, which is an answer, too.
    <a href={`https://${host}/leads/detail/${leadId}`} rel="noreferrer">
      deal {leadId}
    </a>
  );
  const items: Item[] = [
    ...deliveries.map((one) => ({ ...one, ...named("delivery", one.id), text: one.state, at: one.receivedAt })),
    ...work.map((one) => ({ ...one, ...named("work", one.id), text: `${one.kind} · ${one.subject}`, at: one.dueAt })),
    ...writes.map(({ leadId, target, ...one }) => ({
      ...{ ...one, ...named("write", one.id), at: one.endedAt },
      text: (
        <>
          {target} · {ofLead(leadId)}
        </>
      ),
    })),
    ...customerio.map(({ leadId, kind, ...one }) => ({
      ...{ ...one, ...named("customerio", one.id), at: one.endedAt },
      text: (
        <>
          {kind} · {ofLead(leadId)}
        </>
      ),
    })),
  ];
  return items.toSorted((a, b) => +b.at - +a.at);
}

function isCut(stuck: StuckThings): boolean {
  return Object.values(stuck).some((sort: readonly unknown[]) => sort.length >= STUCK_SHOWN);
}

function named(what: Item["what"], id: number) {
  return { what, id: `${what}-${id}` };
}
