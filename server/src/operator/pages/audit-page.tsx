import type { AuditRow } from "../operator-log.ts";
import { Layout, type Viewer } from "./layout.tsx";
import { utc } from "./words.tsx";

export interface AuditProps {
  viewer: Viewer;
  rows: readonly AuditRow[];
  word: string;
  /** Where the next page begins; null at the end. */
  next: string | null;
}

const TABS = [
  ["", "Everything"],
  ["operator", "Operators"],
  ["sign-in refused", "Refused sign-ins"],
] as const;

export function AuditPage({ viewer, rows, word, next }: AuditProps) {
  return (
    <Layout title="Audit" place="/operator/audit" viewer={viewer}>
      <section className="sheet">
        <h1>Who did what, newest first</h1>
        <div className="tools">
          <form method="get" action="/operator/audit">
            <input
              type="search"
              name="q"
              defaultValue={word}
              placeholder="Account, person or action"
              aria-label="Find"
            />
            <button type="submit">Find</button>
          </form>
          <div className="tabs">
            {TABS.map(([wanted, name]) => (
              <a
                key={name}
                href={`/operator/audit${wanted && `?${new URLSearchParams({ q: wanted })}`}`}
                aria-current={wanted === word ? "true" : undefined}
              >
                {name}
              </a>
            ))}
          </div>
        </div>
        {rows.length === 0 ? <p>Nothing like that was done.</p> : <Audit rows={rows} />}
        {next && (
          <nav className="pages" aria-label="Older">
            <a href={`/operator/audit?${new URLSearchParams({ ...(word ? { q: word } : {}), before: next })}`}>Older</a>
          </nav>
        )}
      </section>
    </Layout>
  );
}

/** @param isOfOne account, which needs not be named in every row */
export function Audit({ rows, isOfOne = false }: { rows: readonly AuditRow[]; isOfOne?: boolean }) {
  return (
    <table className="cards">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          {!isOfOne && <th scope="col">Account</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, key, accountId, actor, action, subject, detail }) => (
          <tr key={key}>
            <td className="time">{utc(new Date(at))}</td>
            <td>{actor}</td>
            <td className="reason">
              {action}
              {subject && ` · ${subject}`}
              <div className="quiet">{counts(detail)}</div>
            </td>
            {!isOfOne && (
              <td data-label="Account">
                {accountId !== null && <a href={`/operator/accounts/${accountId}`}>{accountId}</a>}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function counts(detail: AuditRow["detail"]): string {
  return Object.entries(detail)
    .filter(([, count]) => typeof count === "number" && count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
