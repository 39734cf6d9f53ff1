import type { Connection, ConnectionAnswer } from "@dealscope/shared/customerio";
import { asProblem } from "../../api/problem.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { CONNECTION } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";
import { Box } from "../kit/box.tsx";
import { Refusal } from "./refusal.tsx";
import { StandingRows } from "./standing-rows.tsx";

/** How Customer.io comes to tell us what people do, and whether it does. */
export function WebhookBox({ connection }: { connection: Connection }) {
  const words = useWords();
  const known = useKnown();
  const { hasAppKey, hasSigningKey, webhook } = connection;
  const make = useAction<ConnectionAnswer>(
    (ask) => ask("/api/engagement/webhook", { method: "POST" }),
    (answer) => known.set(CONNECTION, answer),
  );
  const isMade = webhook.state !== "none";
  const works = webhook.lastSignedAt !== null && webhook.refusal === null && webhook.mode !== "first";
  return (
    <Box title={words.t("cio_webhook.title")} lead={words.t("cio_webhook.lead")}>
      <div className="dsc-stack dsc-stack--wide">
        <StandingRows connection={connection} />
        {isAppKeyRefused(make.error) ? (
          <Notice kind="error">{words.t("cio_keys.app_refused")}</Notice>
        ) : (
          <Refusal error={make.error} isOfCustomerio />
        )}
        {hasAppKey && (
          <div className="dsc-row">
            <Button isPrimary={!isMade} isBusy={make.isPending} onClick={() => make.mutate()}>
              {words.t(isMade ? "cio_webhook.make_again" : "cio_webhook.make")}
            </Button>
            <span className="dsc-quiet">{words.t("cio_webhook.make_hint")}</span>
          </div>
        )}
        {hasAppKey && !hasSigningKey && (
          <ol className="dsc-guide">
            <li>{words.t("cio_webhook.step_open")}</li>
            <li>{words.t("cio_webhook.step_key")}</li>
          </ol>
        )}
        <details className="dsc-fold dsc-fold--box" open={!hasAppKey && !works ? true : undefined}>
          <summary>
            <span className="dsc-strong">{words.t("cio_webhook.by_hand")}</span>
          </summary>
          <Guide url={connection.webhookUrl} />
        </details>
      </div>
    </Box>
  );
}

function isAppKeyRefused(error: unknown): boolean {
  return asProblem(error).detail.issues?.some(({ path }) => path === "appKey") ?? false;
}

/** As Customer.io calls them on its own page, in every language. */
const BOXES = [
  [
    "Email",
    "Sent, Delivered, Opened, Clicked, Converted, Unsubscribed, Bounced, Dropped, Marked as spam, Failed, Undeliverable",
  ],
  ["Customer", "Subscribed, Unsubscribed"],
] as const;

function Guide({ url }: { url: string }) {
  const words = useWords();
  return (
    <ol className="dsc-guide">
      <li>{words.t("cio_webhook.step_open")}</li>
      <li>
        {words.t("cio_webhook.step_add")}
        <div className="dsc-row">
          <code className="dsc-code">{url}</code>
          <CopyButton text={url} />
        </div>
      </li>
      <li>
        {words.t("cio_webhook.step_tick")}
        <ul className="dsc-guide__boxes" lang="en">
          {BOXES.map(([group, boxes]) => (
            <li key={group}>
              <span className="dsc-strong">{group}:</span> {boxes}
            </li>
          ))}
        </ul>
      </li>
      <li>
        <span className="dsc-strong">{words.t("cio_webhook.step_all")}</span> {words.t("cio_webhook.step_all_why")}
      </li>
      <li>{words.t("cio_webhook.step_content")}</li>
      <li>{words.t("cio_webhook.step_key")}</li>
      <li>{words.t("cio_webhook.step_test")}</li>
    </ol>
  );
}
