import type { Card } from "@dealscope/shared/card";
import type { TimelineEntry } from "@dealscope/shared/engagement-panel";
import type { ReactNode } from "react";
import { useWords, type Words } from "../../i18n/words.ts";
import { Mark } from "../../ui/mark.tsx";
import { toneOf } from "../../ui/tone.ts";
import { Sign } from "./sign.tsx";
import type { MailEntry, ReadingEntry, TimelineRow } from "./timeline-rows.ts";

interface Context {
  segments: Card["segments"];
  now: number;
  isOfSeveral: boolean;
}

/** One row: a picture, what happened, of which mail, and when. */
export function TimelineItem({ row, ...context }: Context & { row: TimelineRow }) {
  const words = useWords();
  if (row.kind === "machines") return <Machines entries={row.entries} {...context} />;
  if (row.kind === "arrived")
    return (
      <Row at={row.entry.at} now={context.now} sign={<Sign kind="sent" />} head={words.t("timeline.arrived")}>
        {mailOf(row.entry, context.isOfSeveral, words)}
      </Row>
    );
  return <Entry entry={row.entry} {...context} />;
}

function Entry({ entry, segments, now, isOfSeveral }: Context & { entry: TimelineEntry }) {
  const words = useWords();
  const time = { at: entry.at, now };
  switch (entry.kind) {
    case "stage":
      return (
        <Row {...time} isOfDeal sign={<Sign kind="stage" />} head={stageText(entry, words)}>
          {words.t("timeline.stage")}
        </Row>
      );
    case "verdict": {
      const tone = toneOf(
        entry.segment?.key,
        segments.map(({ key }) => key),
      );
      const said = [entry.segment?.name, entry.score].filter((part) => part !== undefined && part !== null);
      return (
        <Row {...time} isOfDeal sign={<Mark tone={tone} />} head={said.join(" ") || words.t("verdict.no_segment")}>
          {words.t("timeline.verdict")}
        </Row>
      );
    }
    case "call":
      return (
        <Row {...time} isOfDeal sign={<Sign kind="call" />} head={words.t("timeline.call")}>
          {words.t("engagement.opens_in", { opens: entry.opens, hours: entry.hours })}
        </Row>
      );
    case "opened":
    case "clicked":
      return <Reading entry={entry} now={now} isOfSeveral={isOfSeveral} />;
    default:
      return (
        <Row {...time} sign={<Sign kind={entry.kind} />} head={words.t(`timeline.${entry.kind}`)}>
          {mailOf(entry, isOfSeveral, words)}
          {entry.reason && <div>{entry.reason}</div>}
        </Row>
      );
  }
}

interface ReadingProps extends Omit<Context, "segments"> {
  entry: ReadingEntry;
  /** Why it does not count is said already. */
  isExplained?: boolean;
}

/** An opening or a click; of what does not count, why not. */
function Reading({ entry, now, isOfSeveral, isExplained }: ReadingProps) {
  const words = useWords();
  const { kind, machine } = entry;
  const page = kind === "clicked" ? pageOf(entry.link) : null;
  return (
    <Row
      at={entry.at}
      now={now}
      look={machine ? "machine" : "human"}
      sign={<Sign kind={kind} />}
      head={words.t(machine ? `timeline_machine.${kind}` : `timeline.${kind}`)}
    >
      {page && <div className="dsc-event__page">{page}</div>}
      <div>{mailOf(entry, isOfSeveral, words)}</div>
      {machine && !isExplained && <div>{words.t(`machine.${machine}`)}</div>}
    </Row>
  );
}

/** Several that do not count, one after the other. */
function Machines({ entries, now, isOfSeveral }: Context & { entries: ReadingEntry[] }) {
  const words = useWords();
  const [reason, ...others] = new Set(entries.flatMap(({ machine }) => machine ?? []));
  const common = others.length === 0 ? reason : undefined;
  return (
    <Row
      at={entries[0]?.at ?? ""}
      now={now}
      look="machine"
      sign={<Sign kind="opened" />}
      head={words.t("timeline_machine.several", { count: entries.length })}
    >
      {common && <div>{words.t(`machine.${common}`)}</div>}
      <details className="dsc-details">
        <summary>{words.t("timeline_machine.show")}</summary>
        <ul className="dsc-list">
          {entries.map((entry) => (
            <Reading key={entry.id} entry={entry} now={now} isOfSeveral={isOfSeveral} isExplained={!!common} />
          ))}
        </ul>
      </details>
    </Row>
  );
}

interface RowProps {
  at: string;
  now: number;
  sign: ReactNode;
  head: string;
  look?: "human" | "machine";
  /** It happened to the deal and not to a mail. */
  isOfDeal?: boolean;
  children: ReactNode;
}

function Row({ at, now, sign, head, look, isOfDeal, children }: RowProps) {
  const words = useWords();
  const looks = [look && `dsc-event--${look}`, isOfDeal && "dsc-event--deal"].filter(Boolean).join(" ");
  return (
    <li className={`dsc-event ${looks}`}>
      <span className="dsc-event__sign">{sign}</span>
      <div className="dsc-event__what">
        <div className="dsc-entry__head">
          <span className="dsc-event__head">{head}</span>
          <time className="dsc-quiet dsc-entry__time" dateTime={at} title={words.when(at, now)}>
            {words.ago(at, now)}
          </time>
        </div>
        <div className="dsc-quiet">{children}</div>
      </div>
    </li>
  );
}

/**
 * Where a click led to: a text, and no link. It may be the one that unsubscribes, and a colleague who only looks must not
 * follow it.
 */
function pageOf(link: string | null): string | null {
  if (link === null || !/^https?:\/\//i.test(link)) return null;
  return link.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");
}

/** Of which mail, by which channel if it was none, and whose. */
function mailOf({ subject, campaign, channel, person }: MailEntry, isOfSeveral: boolean, words: Words): string {
  return [
    subject === null ? campaign : words.t("timeline.quoted", { subject }),
    channel === "email" || channel === "customer" ? null : (CHANNELS[channel] ?? channel),
    isOfSeveral ? person?.name : null,
  ]
    .filter((part) => part)
    .join(" · ");
}

const CHANNELS: Record<string, string> = {
  sms: "SMS",
  push: "Push",
  in_app: "In-app",
  slack: "Slack",
  webhook: "Webhook",
  whatsapp: "WhatsApp",
};

function stageText({ from, to }: { from: string | null; to: string | null }, words: Words): string {
  const name = (stage: string | null) => stage ?? words.t("timeline.gone_stage");
  return from === null ? name(to) : `${from} → ${name(to)}`;
}
