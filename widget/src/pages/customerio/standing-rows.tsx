import type { AccountSettings } from "@dealscope/shared/account-settings";
import type { Connection } from "@dealscope/shared/customerio";
import { useWords, type Words } from "../../i18n/words.ts";
import { SETTINGS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { CheckRow, type CheckState } from "../kit/check-row.tsx";
import { count } from "../kit/figures.ts";

interface Said {
  state: CheckState;
  text: string;
}

/** Whether news go both ways, as far as it has been seen. */
export function StandingRows({ connection }: { connection: Connection }) {
  const words = useWords();
  const isDry = useAnswer<AccountSettings>(SETTINGS).data?.settings.dryRun ?? false;
  const now = Date.now();
  const { webhook, sending } = connection;
  const rows = [
    { key: "sending", ...sendingOf(sending, isDry, words, now) },
    { key: "webhook", ...heardOf(connection, words, now) },
    { key: "signature", ...signatureOf(connection, words, now) },
    { key: "mode", ...modeOf(webhook, words) },
  ] as const;
  return (
    <ul className="dsc-checklist">
      {rows.map(({ key, state, text }) => (
        <CheckRow key={key} state={state} title={words.t(`cio_row.${key}`)}>
          {text}
        </CheckRow>
      ))}
      <CheckRow
        state={sending.stuck > 0 || (sending.waiting > 0 && sending.problem !== null) ? "warning" : "good"}
        title={words.t("cio_row.queue")}
        action={
          sending.stuck > 0 && (
            <a className="dsc-link" href="#activity">
              {words.t("setup.stuck_open")}
            </a>
          )
        }
      >
        {words.t("cio_standing.queue", { waiting: count(sending.waiting, words), stuck: count(sending.stuck, words) })}
      </CheckRow>
    </ul>
  );
}

function sendingOf({ problem, lastSentAt }: Connection["sending"], isDry: boolean, words: Words, now: number): Said {
  if (problem === "refused") return { state: "bad", text: words.t("cio_standing.refused") };
  if (isDry) return { state: "warning", text: words.t("cio_standing.dry_run") };
  if (problem === "unavailable") return { state: "warning", text: words.t("cio_standing.unavailable") };
  if (lastSentAt === null) return { state: "unknown", text: words.t("cio_standing.never_sent") };
  return { state: "good", text: words.t("cio_standing.sent", { ago: words.ago(lastSentAt, now) }) };
}

function heardOf({ hasSigningKey, webhook }: Connection, words: Words, now: number): Said {
  const { state, lastHeardAt, refusal } = webhook;
  if (refusal) return { state: "bad", text: words.t("cio_standing.all_refused") };
  if (lastHeardAt) return { state: "good", text: words.t("cio_standing.heard", { ago: words.ago(lastHeardAt, now) }) };
  // Who has pasted its key has made one by hand.
  if (state === "none" && !hasSigningKey) return { state: "warning", text: words.t("cio_standing.no_webhook") };
  return { state: "unknown", text: words.t("cio_standing.silent") };
}

/** A wrong signature holds up a whole workspace, so what it means and how it is mended is said in full. */
function signatureOf({ hasSigningKey, webhook }: Connection, words: Words, now: number): Said {
  const { refusal, refused, lastRefusedAt, lastSignedAt } = webhook;
  if (refusal) {
    const what = words.t(`cio_refusal.${refusal}`, {
      ago: lastRefusedAt ? words.ago(lastRefusedAt, now) : "",
      count: count(refused, words),
    });
    return { state: "bad", text: `${what} ${words.t("cio_standing.held_up")}` };
  }
  if (lastSignedAt)
    return { state: "good", text: words.t("cio_standing.signed", { ago: words.ago(lastSignedAt, now) }) };
  if (!hasSigningKey) return { state: "warning", text: words.t("cio_standing.no_key") };
  return { state: "unknown", text: words.t("cio_standing.unsigned") };
}

function modeOf({ mode }: Connection["webhook"], words: Words): Said {
  if (mode === "all") return { state: "good", text: words.t("cio_standing.mode_all") };
  if (mode === "first") return { state: "bad", text: words.t("cio_standing.mode_first") };
  return { state: "unknown", text: words.t("cio_standing.mode_unknown") };
}
