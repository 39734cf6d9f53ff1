import type { Retried, Stuck } from "@dealscope/shared/activity";
import type { ModelCheck } from "@dealscope/shared/setup";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { SETUP, STUCK } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Empty, Failure, Loaded } from "../kit/box.tsx";
import { count } from "../kit/figures.ts";
import { LeadLink } from "../kit/lead-link.tsx";

interface Outcome {
  /** Why the model, if leads wait for it, does not answer. */
  problem: ModelCheck["problem"];
}

/** What was given up or waits, with the reason, and the way to have it tried again. */
export function StuckBox() {
  const words = useWords();
  const known = useKnown();
  const query = useAnswer<Stuck>(STUCK, { again: () => 10_000 });
  const retry = useAction<Outcome, string[] | "all">(
    async (ask, ids) => {
      const waitsForModel = query.data?.waiting.some(({ on }) => on !== "cap" && isOneOf(OF_MODEL, on));
      // A model that has refused is left alone for a while; that it answers again has to be seen first.
      const check =
        ids === "all" && waitsForModel
          ? await ask<ModelCheck>(`${SETUP}/check-model`, { method: "POST" })
          : { problem: null };
      const body = ids === "all" ? {} : { ids };
      await ask<Retried>("/api/activity/retry", { method: "POST", body });
      return { problem: check.problem };
    },
    () => void known.refresh(STUCK),
  );
  const stuck = query.data;
  const canRetry = stuck && (stuck.items.some((item) => item.canRetry) || stuck.waiting.length > 0);
  return (
    <Box
      title={words.t("stuck.title")}
      aside={
        canRetry && (
          <Button isBusy={retry.isPending && retry.variables === "all"} onClick={() => retry.mutate("all")}>
            {words.t("stuck.retry_all")}
          </Button>
        )
      }
    >
      <Failure error={retry.error} />
      <div className="dsc-quiet" role="status">
        {retry.data?.problem && words.t(`model_problem.${retry.data.problem}`)}
        {retry.data && !retry.data.problem && words.t("stuck.retried")}
      </div>
      <Loaded query={query} widths={[60]}>
        {({ items, total, waiting }) => (
          <>
            {items.length === 0 && waiting.length === 0 && <Empty>{words.t("setup.stuck_none")}</Empty>}
            <ul className="dsc-list">
              {waiting.map(({ on, count: waits, nextTryAt, reason }) => (
                <li key={on} className="dsc-list__item">
                  <div className="dsc-strong">
                    {isOneOf(OF_CUSTOMERIO, on)
                      ? words.t("stuck.sending_waits")
                      : words.t("stuck.waiting", { count: count(waits, words) })}
                  </div>
                  <div className="dsc-quiet">
                    {isOneOf(KNOWN, on) ? words.t(`waits_on.${on}`) : reason}{" "}
                    {words.t("stuck.next_try", { when: words.ahead(nextTryAt, Date.now()) })}
                  </div>
                </li>
              ))}
              {items.map((item) => (
                <li key={item.id} className="dsc-list__item dsc-happening">
                  <div className="dsc-checklist__what">
                    <div>
                      <span className="dsc-strong">{words.t(`stuck_what.${item.what}`)}</span>
                      {item.lead && (
                        <>
                          {" · "}
                          <LeadLink id={item.lead.id} name={item.lead.name} />
                        </>
                      )}
                    </div>
                    <div className="dsc-quiet">
                      {isOneOf(TO_CUSTOMERIO, item.text) ? words.t(`cio_stuck.${item.text}`) : item.text} ·{" "}
                      {words.when(item.since, Date.now())}
                    </div>
                    <div className="dsc-danger">{item.reason}</div>
                  </div>
                  {item.canRetry ? (
                    <Button
                      isBusy={retry.isPending && retry.variables !== "all" && retry.variables[0] === item.id}
                      onClick={() => retry.mutate([item.id])}
                    >
                      {words.t("action.retry")}
                    </Button>
                  ) : (
                    <span className="dsc-quiet">{words.t("stuck.hopeless")}</span>
                  )}
                </li>
              ))}
            </ul>
            {total > items.length && (
              <p className="dsc-quiet">{words.t("stuck.more", { count: count(total - items.length, words) })}</p>
            )}
          </>
        )}
      </Loaded>
    </Box>
  );
}

const OF_MODEL = ["model_unavailable", "no_key", "key", "model", "quota", "cap"] as const;
const OF_CUSTOMERIO = ["customerio", "customerio_key"] as const;
const TO_CUSTOMERIO = ["person", "event", "object", "address"] as const;
const KNOWN = [...OF_MODEL, ...OF_CUSTOMERIO] as const;

function isOneOf<Name extends string>(names: readonly Name[], on: string): on is Name {
  return (names as readonly string[]).includes(on);
}
