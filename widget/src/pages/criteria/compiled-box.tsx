import type { PromptVersionContent } from "@dealscope/shared/qualification";
import type { Compiled } from "@dealscope/shared/try-out";
import { useQuery } from "@tanstack/react-query";
import { useWords } from "../../i18n/words.ts";
import { useShell } from "../../shell.tsx";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { count, money, percent } from "../kit/figures.ts";
import { useSettled } from "../kit/lead-picker.tsx";

const PAUSE_MS = 700;

/** What the model will read, and what that costs. @param content undefined while it cannot be saved */
export function CompiledBox({ content }: { content: PromptVersionContent | undefined }) {
  const words = useWords();
  const { client, page } = useShell();
  const text = useSettled(content ? JSON.stringify({ content }) : "", PAUSE_MS);
  const query = useQuery<Compiled>({
    queryKey: ["pages", page.accountId, page.userId, "compiled", text],
    queryFn: ({ signal }) =>
      client.ask<Compiled>("/api/prompt-versions/compile", { method: "POST", body: JSON.parse(text), signal }),
    enabled: text !== "",
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  return (
    <Box title={words.t("compiled.title")}>
      {text === "" && !query.data ? (
        <Empty>{words.t("criteria.not_whole")}</Empty>
      ) : (
        <Loaded query={query}>
          {(compiled) => (
            <div className="dsc-stack">
              <Figures compiled={compiled} />
              <details className="dsc-fold">
                <summary>{words.t("compiled.read")}</summary>
                <pre className="dsc-pre">{compiled.developer}</pre>
              </details>
            </div>
          )}
        </Loaded>
      )}
    </Box>
  );
}

function Figures({ compiled }: { compiled: Compiled }) {
  const words = useWords();
  const { tokens, costPerLeadMicros, costPerMonthMicros, leadsPerMonth } = compiled;
  const unknown = words.t("compiled.unknown");
  return (
    <>
      <dl className="dsc-figures">
        <dt>{words.t("compiled.per_lead")}</dt>
        <dd className="dsc-strong">{costPerLeadMicros === null ? unknown : money(costPerLeadMicros, words)}</dd>
        <dt>
          {leadsPerMonth === null
            ? words.t("compiled.per_month")
            : words.t("compiled.per_month_of", { count: count(leadsPerMonth, words) })}
        </dt>
        <dd className="dsc-strong">{costPerMonthMicros === null ? unknown : money(costPerMonthMicros, words)}</dd>
        <dt>{words.t("compiled.tokens_text")}</dt>
        <dd>{count(tokens.developer, words)}</dd>
        <dt>{words.t("compiled.tokens_schema")}</dt>
        <dd>{count(tokens.schema, words)}</dd>
        <dt>{words.t("compiled.tokens_lead")}</dt>
        <dd>{count(tokens.lead, words)}</dd>
        <dt>{words.t("compiled.tokens_answer")}</dt>
        <dd>{count(tokens.answer, words)}</dd>
        <dt>{words.t("compiled.cached")}</dt>
        <dd>{percent(compiled.cachedShare, words)}</dd>
      </dl>
      <p className="dsc-quiet">
        {words.t(compiled.isMeasured ? "compiled.measured" : "compiled.estimated", { model: compiled.model })}
      </p>
    </>
  );
}
