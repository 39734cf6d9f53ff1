import type { AccountLine } from "../accounts-health.ts";
import { FormKey, type Viewer } from "./layout.tsx";
import { day } from "./words.tsx";

interface Props {
  line: AccountLine;
  action: string;
  viewer: Viewer;
}

/** Forgetting one person, or the whole account; neither can be taken back. */
export function Erasing({ line: { id, health }, action, viewer }: Props) {
  return (
    <>
      <div className="row">
        <p>
          <b>One person.</b> Delete the contact in Kommo first, or the next reading brings the name back. Words, names
          and addresses go; scores and stages stay.
        </p>
        <form method="post" action={`${action}/erase-person`}>
          <FormKey viewer={viewer} />
          <input
            name="contactId"
            inputMode="numeric"
            required
            placeholder="Id of the contact"
            aria-label="Id of the contact"
          />
          <button type="submit" className="danger">
            Erase the person
          </button>
        </form>
      </div>
      <div className="row">
        {health.status === "active" ? (
          <p>
            <b>The account.</b> It is connected. An administrator has to remove the integration in Kommo first; then it
            can be erased here, or goes by itself in time.
          </p>
        ) : (
          <>
            <p>
              <b>The account.</b> Everything that is known of it goes within minutes
              {health.eraseAt && ` instead of from ${day(health.eraseAt)} on`}. Type its number, {id}, to confirm.
            </p>
            <form method="post" action={`${action}/erase-account`}>
              <FormKey viewer={viewer} />
              <input
                name="confirmed"
                inputMode="numeric"
                required
                placeholder={String(id)}
                aria-label="Number of the account"
                autoComplete="off"
              />
              <button type="submit" className="danger">
                Erase the account
              </button>
            </form>
          </>
        )}
      </div>
    </>
  );
}
