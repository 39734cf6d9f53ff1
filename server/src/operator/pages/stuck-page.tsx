import type { StuckForOneReason } from "../../database/doors.ts";
import { Layout, type Viewer } from "./layout.tsx";
import { Ago, whole } from "./words.tsx";

export interface StuckProps {
  viewer: Viewer;
  at: Date;
  groups: readonly StuckForOneReason[];
}

export const WHAT = {
  delivery: "Webhook",
  work: "Work",
  write: "Write into Kommo",
  customerio: "Customer.io",
} as const;

/** What was given up in all accounts, by reason: one fault stops many things. */
export function StuckPage({ viewer, at, groups }: StuckProps) {
  return (
    <Layout title="Stuck" place="/operator/stuck" viewer={viewer}>
      <section className="sheet">
        <h1>What was given up, by reason</h1>
        <p className="quiet">
          Mend the reason first, then let it be tried again in the accounts. What can never be right, such as a body
          that was cut, is not listed here.
        </p>
        {groups.length === 0 ? <p className="good">Nothing is stuck.</p> : <Groups groups={groups} at={at} />}
      </section>
    </Layout>
  );
}

function Groups({ groups, at }: Pick<StuckProps, "groups" | "at">) {
  return (
    <table className="cards">
      <thead>
        <tr>
          <th scope="col" className="number">
            Items
          </th>
          <th scope="col">What</th>
          <th scope="col">Reason</th>
          <th scope="col">Last</th>
          <th scope="col">First</th>
          <th scope="col">Accounts</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={`${group.what} ${group.kind} ${group.reason}`}>
            <td className="number" data-label="Items">
              <b>{whole(group.items)}</b>
            </td>
            <td>
              {WHAT[group.what]}
              <div className="quiet">{group.kind}</div>
            </td>
            <td className="reason">{group.reason || "No reason was kept."}</td>
            <td className="time" data-label="Last">
              <Ago at={group.lastAt} now={at} />
            </td>
            <td className="time" data-label="First">
              <Ago at={group.firstAt} now={at} />
            </td>
            <td data-label="Accounts">
              {group.someAccounts.map((id) => (
                <span key={id}>
                  <a href={`/operator/accounts/${id}#stuck`}>{id}</a>{" "}
                </span>
              ))}
              {group.accounts > group.someAccounts.length && (
                <span className="quiet">and {whole(group.accounts - group.someAccounts.length)} more</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
