import type { StuckThings } from "../../redrive/redrive.ts";
import { FormKey, type Viewer } from "./layout.tsx";
import { WHAT } from "./stuck-page.tsx";
import { Ago } from "./words.tsx";

interface Props {
  stuck: StuckThings;
  now: Date;
  action: string;
  viewer: Viewer;
}

interface Item {
  /** As it is named in a form. */
  id: string;
  what: keyof typeof WHAT;
  text: string;
  at: Date;
  error: string;
  canRetry: boolean;
}

/** The newest of each sort, with the reason, and a button for each that may still succeed. */
export function StuckItems({ stuck, now, action, viewer }: Props) {
  const items = itemsOf(stuck);
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
          {items.map(({ id, what, text, at, error, canRetry }) => (
            <tr key={id}>
              <td>
                {WHAT[what]} <span className="quiet">{id}</span>
                <div className="quiet">{text}</div>
              </td>
              <td className="reason">{error || "No reason was kept."}</td>
              <td className="time" data-label="Since">
                <Ago at={at} now={now} />
              </td>
              <td className="number">
                {canRetry ? (
                  <button type="submit" name="item" value={id} className="small" aria-label={`Try ${id} again`}>
                    Try again
                  </button>
                ) : (
                  <span className="quiet">cannot succeed</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </form>
  );
}

function itemsOf({ deliveries, work, writes, customerio }: StuckThings): Item[] {
  const items: Item[] = [
    ...deliveries.map((one) => ({
      ...one,
      id: `delivery-${one.id}`,
      what: "delivery" as const,
      text: one.state,
      at: one.receivedAt,
    })),
    ...work.map((one) => ({
      ...one,
      id: `work-${one.id}`,
      what: "work" as const,
      text: `${one.kind} of ${one.subject}`,
      at: one.dueAt,
    })),
    ...writes.map((one) => ({
      ...one,
      id: `write-${one.id}`,
      what: "write" as const,
      text: `${one.target} of lead ${one.leadId}`,
      at: one.endedAt,
    })),
    ...customerio.map((one) => ({
      ...one,
      id: `customerio-${one.id}`,
      what: "customerio" as const,
      text: `${one.kind} of lead ${one.leadId}`,
      at: one.endedAt,
    })),
  ];
  return items.toSorted((a, b) => +b.at - +a.at);
}
