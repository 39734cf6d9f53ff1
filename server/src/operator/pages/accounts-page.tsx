import type { AccountLine, Shown, Totals } from "../accounts-health.ts";
import { span, stuckOf } from "../health.ts";
import { Layout, type Viewer } from "./layout.tsx";
import { Ago, day, dollars, Problems, utc, whole } from "./words.tsx";

export interface AccountsProps {
  viewer: Viewer;
  at: Date;
  totals: Totals;
  /** What the whole server lacks, in sentences. */
  faults: readonly string[];
  lines: readonly AccountLine[];
  /** Of all pages. */
  found: number;
  word: string;
  shown: Shown;
  page: number;
  pages: number;
}

const TABS: [Shown, string][] = [
  ["all", "All"],
  ["problems", "With problems"],
  ["stuck", "With stuck items"],
  ["left", "Left"],
];

export function AccountsPage(props: AccountsProps) {
  const { viewer, at, totals, faults, lines, found, word, shown } = props;
  return (
    <Layout title="Accounts" place="/operator" viewer={viewer}>
      {faults.map((fault) => (
        <p key={fault} className="notice bad" role="alert">
          {fault}
        </p>
      ))}
      <Figures totals={totals} />
      <section className="sheet">
        <h1>Accounts, the worst first</h1>
        <div className="tools">
          <form method="get" action="/operator">
            <input type="search" name="q" defaultValue={word} placeholder="Name, host or number" aria-label="Find" />
            {shown !== "all" && <input type="hidden" name="show" value={shown} />}
            <button type="submit">Find</button>
          </form>
          <div className="tabs">
            {TABS.map(([key, name]) => (
              <a
                key={key}
                href={address(props, { shown: key, page: 1 })}
                aria-current={key === shown ? "true" : undefined}
              >
                {name}
              </a>
            ))}
          </div>
          <span className="quiet">
            {whole(found)} found · as of {utc(at)}
          </span>
        </div>
        {lines.length === 0 ? <p>No account is like that.</p> : <Table lines={lines} />}
        <Pages {...props} />
      </section>
    </Layout>
  );
}

function Figures({ totals }: { totals: Totals }) {
  const { accounts, broken, watch, stuck, oldestDueMs, spentMicros, left } = totals;
  const figures: [string, string, string][] = [
    [whole(broken), "broken", broken > 0 ? "bad" : "good"],
    [whole(watch), "to look at", watch > 0 ? "watch" : "good"],
    [oldestDueMs === null ? "none" : span(oldestDueMs), "oldest due work", ""],
    [whole(stuck), "stuck items", stuck > 0 ? "watch" : "good"],
    [whole(accounts - left), "accounts installed", ""],
    [dollars(spentMicros), "model, this month", ""],
  ];
  return (
    <ul className="figures">
      {figures.map(([figure, name, tone]) => (
        <li key={name}>
          <b className={tone}>{figure}</b>
          <span>{name}</span>
        </li>
      ))}
    </ul>
  );
}

function Table({ lines }: { lines: readonly AccountLine[] }) {
  return (
    <table className="cards">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">How it is</th>
          <th scope="col">Heard</th>
          <th scope="col">Scanned</th>
          <th scope="col" className="number">
            Due
          </th>
          <th scope="col" className="number">
            Stuck
          </th>
          <th scope="col" className="number">
            Model
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Row key={line.id} line={line} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ line: { id, health, problems } }: { line: AccountLine }) {
  const { now, oldestDueAt, capDollars } = health;
  const stuck = stuckOf(health);
  const due = health.newDeliveries + health.dueWork + health.dueWrites;
  return (
    <tr>
      <td>
        <a className="name" href={`/operator/accounts/${id}`}>
          {health.name || health.host}
        </a>
        <div className="quiet">
          {health.host} · {id}
        </div>
      </td>
      <td className="reason">
        {health.status === "uninstalled" ? <Left health={health} /> : <Problems problems={problems} />}
      </td>
      <td className="time" data-label="Heard">
        <Ago at={health.lastHeardAt} now={now} />
      </td>
      <td className="time" data-label="Scanned">
        <Ago at={health.scannedAt} now={now} />
      </td>
      <td className="number" data-label="Due">
        {whole(due)}
        {oldestDueAt && <div className="quiet">oldest {span(+now - +oldestDueAt)}</div>}
      </td>
      <td className="number" data-label="Stuck">
        {stuck > 0 ? <a href={`/operator/accounts/${id}#stuck`}>{whole(stuck)}</a> : 0}
      </td>
      <td className="number" data-label="Model">
        {dollars(health.spentMicros)}
        {capDollars != null && <div className="quiet">of ${capDollars}</div>}
      </td>
    </tr>
  );
}

function Left({ health }: { health: AccountLine["health"] }) {
  return (
    <span className="quiet">
      Left {span(+health.now - +health.statusSince)} ago{health.eraseAt && `; erased from ${day(health.eraseAt)} on`}.
    </span>
  );
}

function Pages(props: AccountsProps) {
  const { page, pages } = props;
  if (pages < 2) return null;
  return (
    <nav className="pages" aria-label="More accounts">
      {page > 1 && <a href={address(props, { page: page - 1 })}>Before</a>}
      <span className="quiet">
        Page {page} of {pages}
      </span>
      {page < pages && <a href={address(props, { page: page + 1 })}>Next</a>}
    </nav>
  );
}

function address(now: AccountsProps, change: Partial<Pick<AccountsProps, "shown" | "page">>): string {
  const { word, shown, page } = { ...now, ...change };
  const wish = new URLSearchParams({
    ...(word ? { q: word } : {}),
    ...(shown === "all" ? {} : { show: shown }),
    ...(page === 1 ? {} : { page: String(page) }),
  });
  return wish.size > 0 ? `/operator?${wish}` : "/operator";
}
