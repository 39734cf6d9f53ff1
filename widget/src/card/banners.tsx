import type { Card } from "@dealscope/shared/card";
import { explain } from "../api/explain.ts";
import { Connect } from "../connect.tsx";
import { useOnline } from "../host/use-online.ts";
import { useWords } from "../i18n/words.ts";
import { Button, TextButton } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { WouldWrite } from "./would-write.tsx";

interface Props {
  card: Card | undefined;
  /** Why the newest card could not be read. */
  error: Error | null;
  readAt: number;
  onRefresh: () => void;
  /** Leads to what holds the deal, further down. */
  onSeeHold: () => void;
}

/** What keeps the card from being what a rep expects, most pressing first. */
export function Banners({ card, error, readAt, onRefresh, onSeeHold }: Props) {
  const words = useWords();
  const isOnline = useOnline();
  const account = card?.account;
  const hold = card?.committee.hold;
  return (
    <div className="dsc-banners">
      {card && !isOnline && <Notice kind="warning">{words.t("banner.offline", { time: words.clock(readAt) })}</Notice>}
      {card && isOnline && error && (
        <Notice kind="warning" action={<Button onClick={onRefresh}>{words.t("action.retry")}</Button>}>
          {words.t("banner.stale", { time: words.clock(readAt) })} {explain(error, words)}
        </Notice>
      )}
      {account?.needsReconnect && (
        <Notice
          kind="error"
          title={words.t("connection.broken_title")}
          action={<Connect label={words.t("action.reconnect")} onMaybeDone={onRefresh} />}
        >
          {words.t("banner.needs_reconnect")}
        </Notice>
      )}
      {hold && hold.overruledBy === null && (
        <Notice kind="warning" action={<TextButton onClick={onSeeHold}>{words.t("hold.see")}</TextButton>}>
          {words.t("hold.title", { stage: hold.wanted.name })}
        </Notice>
      )}
      {account?.capReached && <Notice kind="warning">{words.t("banner.cap")}</Notice>}
      {account?.dryRun && (
        <Notice kind="info" action={card?.wouldWrite && <WouldWrite {...card.wouldWrite} />}>
          {words.t("banner.dry_run")}
        </Notice>
      )}
      {account?.noWebhooks && <Notice kind="info">{words.t("banner.no_webhooks")}</Notice>}
    </div>
  );
}
