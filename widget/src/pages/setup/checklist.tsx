import type { ModelCheck, Setup } from "@dealscope/shared/setup";
import { Connect } from "../../connect.tsx";
import { useWords, type Words } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { SETUP } from "../kit/addresses.ts";
import { useAction, useKnown } from "../kit/asking.ts";
import { Failure } from "../kit/box.tsx";
import { CheckRow } from "../kit/check-row.tsx";
import { count, dateOf, money } from "../kit/figures.ts";
import { useIsAdmin } from "../kit/viewer.ts";

const RETIRES_SOON_DAYS = 60;
const CLOCK_BREAKS_SECONDS = 60;

/** Each link by itself, with the button that heals it. */
export function Checklist({ setup }: { setup: Setup }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const known = useKnown();
  const repair = useAction<Setup>(
    (ask) => ask(`${SETUP}/repair`, { method: "POST" }),
    (answer) => known.set(SETUP, answer),
  );
  const { provisioning, webhook, chatHistory, clock, stuck } = setup;
  const isRepairing = repair.isPending || provisioning.isRunning;
  const mend = (label: string) =>
    isAdmin && (
      <Button isBusy={isRepairing} onClick={() => repair.mutate()}>
        {label}
      </Button>
    );
  const now = Date.parse(setup.at);
  const fieldsAreReady = provisioning.missingFields.length === 0;
  const skew = clock.skewSeconds;
  const { deadDeliveries, quarantinedDeliveries, deadWork, deadWrites, customerio } = stuck;
  const stuckItems = deadDeliveries + quarantinedDeliveries + deadWork + deadWrites + customerio;
  const healed = setup.scans.reduce((sum, scan) => sum + scan.healed, 0);
  const lastScan = setup.scans
    .flatMap(({ ranAt }) => ranAt ?? [])
    .sort()
    .at(-1);
  return (
    <>
      <Failure error={repair.error} />
      <ul className="dsc-checklist">
        <CheckRow
          state={setup.account.status === "active" ? "good" : "bad"}
          title={words.t("setup.connection")}
          action={
            isAdmin &&
            setup.account.status !== "active" && (
              <Connect label={words.t("action.reconnect")} onMaybeDone={() => void known.refresh(SETUP)} />
            )
          }
        >
          {connectionText(setup, words)}
        </CheckRow>
        <CheckRow
          state={setup.scopes === null || setup.scopes.includes("crm") ? "good" : "warning"}
          title={words.t("setup.scopes")}
        >
          {setup.scopes === null
            ? words.t("setup.scopes_unknown")
            : words.t("setup.scopes_given", { scopes: setup.scopes.join(", ") })}
        </CheckRow>
        <CheckRow
          state={webhook.state === "subscribed" ? "good" : webhook.state === "unavailable" ? "warning" : "unknown"}
          title={words.t("setup.webhook")}
          action={webhook.state !== "subscribed" && mend(words.t("setup.subscribe"))}
        >
          {webhook.state === "unavailable" && words.t("setup.webhook_unavailable")}
          {webhook.state === "unknown" && words.t("setup.webhook_unknown")}
          {webhook.state === "subscribed" &&
            (webhook.lastHeardAt
              ? words.t("setup.webhook_heard", { ago: words.ago(webhook.lastHeardAt, now) })
              : words.t("setup.webhook_silent"))}
        </CheckRow>
        <CheckRow
          state={fieldsAreReady ? "good" : provisioning.isRunning ? "unknown" : "bad"}
          title={words.t("setup.fields")}
          action={!fieldsAreReady && mend(words.t("setup.make_fields"))}
        >
          {fieldsAreReady ? (
            words.t("setup.fields_ready", { count: provisioning.fields.length })
          ) : (
            <Fields setup={setup} />
          )}
        </CheckRow>
        <Model setup={setup} />
        <CheckRow
          state={skew === null ? "unknown" : Math.abs(skew) > CLOCK_BREAKS_SECONDS ? "bad" : "good"}
          title={words.t("setup.clock")}
        >
          {skew === null && words.t("setup.clock_unknown")}
          {skew !== null &&
            (Math.abs(skew) > CLOCK_BREAKS_SECONDS
              ? words.t("setup.clock_off", { seconds: count(Math.abs(skew), words) })
              : words.t("setup.clock_good", { seconds: count(Math.abs(skew), words) }))}
        </CheckRow>
        <CheckRow
          state={chatHistory.state === "available" ? "good" : chatHistory.state === "unknown" ? "unknown" : "warning"}
          title={words.t("setup.plan")}
        >
          {words.t(`chat_history.${chatHistory.state}`)}{" "}
          {webhook.state === "unavailable" && words.t("setup.webhook_unavailable")}
        </CheckRow>
        <CheckRow
          state={lastScan ? "good" : "unknown"}
          title={words.t("setup.healed")}
          action={isAdmin && fieldsAreReady && webhook.state === "subscribed" && mend(words.t("setup.look_again"))}
        >
          {lastScan
            ? words.t("setup.healed_text", { count: count(healed, words), ago: words.ago(lastScan, now) })
            : words.t("setup.healed_never")}
        </CheckRow>
        <CheckRow
          state={stuckItems === 0 ? "good" : "warning"}
          title={words.t("setup.stuck")}
          action={
            stuckItems > 0 && (
              <a className="dsc-link" href="#activity">
                {words.t("setup.stuck_open")}
              </a>
            )
          }
        >
          {stuckItems === 0
            ? words.t("setup.stuck_none")
            : words.t("setup.stuck_some", { count: count(stuckItems, words) })}
        </CheckRow>
      </ul>
      <div className="dsc-said" role="status">
        {isRepairing && words.t("setup.repairing")}
      </div>
    </>
  );
}

function connectionText({ account, connection }: Setup, words: Words): string {
  if (account.status !== "active") return words.t("setup.connection_lost");
  const by = connection?.byName
    ? words.t("setup.connection_by", { host: account.host, name: connection.byName })
    : words.t("setup.connection_of", { host: account.host });
  if (!connection?.expiresAt) return by;
  return `${by} ${words.t("setup.connection_ends", { date: dateOf(connection.expiresAt, words) })}`;
}

function Fields({ setup }: { setup: Setup }) {
  const words = useWords();
  const wrong = setup.provisioning.fieldStates.filter(({ state }) => state === "wrong_type");
  const missing = setup.provisioning.fieldStates.filter(({ state }) => state === "missing");
  const names = (fields: { name: string }[]) => fields.map(({ name }) => `“${name}”`).join(", ");
  return (
    <>
      {missing.length > 0 && <div>{words.t("setup.fields_missing", { names: names(missing) })}</div>}
      {wrong.length > 0 && <div>{words.t("setup.fields_wrong", { names: names(wrong) })}</div>}
    </>
  );
}

function Model({ setup: { model, hasModelKey, unpricedModels, at } }: { setup: Setup }) {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const known = useKnown();
  const test = useAction<ModelCheck>(
    (ask) => ask(`${SETUP}/check-model`, { method: "POST" }),
    () => void known.refresh(SETUP),
  );
  const result = test.data;
  const isRetiring = model.daysLeft !== null && model.daysLeft < RETIRES_SOON_DAYS;
  const isBad = !hasModelKey || model.waitingFor !== null || result?.ok === false;
  return (
    <>
      <CheckRow
        state={isBad ? "bad" : model.lastAnsweredAt || result?.ok ? "good" : "unknown"}
        title={words.t("setup.model_key")}
        action={
          isAdmin && (
            <Button isBusy={test.isPending} onClick={() => test.mutate()}>
              {words.t("setup.test_model")}
            </Button>
          )
        }
      >
        <div>
          {!hasModelKey && words.t("model_problem.no_key")}
          {hasModelKey && model.waitingFor && words.t(`waits_on.${model.waitingFor}`)}
          {hasModelKey &&
            !model.waitingFor &&
            (model.lastAnsweredAt
              ? words.t("setup.model_answered", {
                  model: model.id,
                  ago: words.ago(model.lastAnsweredAt, Date.parse(at)),
                })
              : words.t("setup.model_silent", { model: model.id }))}
        </div>
        <div role="status">
          {result?.ok &&
            words.t("setup.model_works", {
              seconds: count((result.latencyMs ?? 0) / 1000, words),
              cost: money(result.costMicros, words),
            })}
          {result?.problem && words.t(`model_problem.${result.problem}`)}
        </div>
        <Failure error={test.error} />
      </CheckRow>
      <CheckRow state={isRetiring ? "warning" : "good"} title={words.t("setup.model_life")}>
        {model.retiresOn === null
          ? words.t("setup.model_no_end", { model: model.id })
          : words.t(isRetiring ? "setup.model_ends_soon" : "setup.model_ends", {
              model: model.id,
              date: dateOf(model.retiresOn, words),
              days: count(model.daysLeft ?? 0, words),
            })}
        {unpricedModels.length > 0 && (
          <div>{words.t("setup.model_unpriced", { models: unpricedModels.join(", ") })}</div>
        )}
      </CheckRow>
    </>
  );
}
