import type { PromptVersionContent } from "@dealscope/shared/qualification";
import type { Tried } from "@dealscope/shared/try-out";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAction } from "../kit/asking.ts";
import { Box, Failure } from "../kit/box.tsx";
import { count, money } from "../kit/figures.ts";
import { LeadPicker, type PickedLead } from "../kit/lead-picker.tsx";
import { Levels } from "../kit/levels.tsx";
import { Outcome, SegmentMark } from "../kit/outcome.tsx";

/** The text as it stands here, tried on one lead before it is saved. */
export function TryBox({ content }: { content: PromptVersionContent | undefined }) {
  const words = useWords();
  const [lead, setLead] = useState<PickedLead>();
  const attempt = useAction<Tried, { content: PromptVersionContent; leadId: number }>((ask, body) =>
    ask("/api/prompt-versions/try", { method: "POST", body }),
  );
  return (
    <Box title={words.t("try.title")} lead={words.t("try.lead")}>
      <div className="dsc-stack">
        <LeadPicker label={words.t("page.lead")} value={lead} onChange={setLead} />
        <div className="dsc-row">
          <Button
            isBusy={attempt.isPending}
            isDisabled={!lead || !content}
            onClick={() => lead && content && attempt.mutate({ content, leadId: lead.id })}
          >
            {words.t("try.button")}
          </Button>
        </div>
        <div className="dsc-stack" role="status">
          {attempt.isPending && <span className="dsc-quiet">{words.t("try.working")}</span>}
          {attempt.data && !attempt.isPending && <Result tried={attempt.data} />}
        </div>
        <Failure error={attempt.error} />
      </div>
    </Box>
  );
}

function Result({ tried }: { tried: Tried }) {
  const words = useWords();
  const { verdict, standing } = tried;
  return (
    <>
      <div>
        <Outcome verdict={verdict} reason={tried.reason} />
      </div>
      <div className="dsc-quiet">
        {words.t("try.standing")}{" "}
        {standing.segment ? <SegmentMark segment={standing.segment} score={standing.score} /> : words.t("verdict.none")}
      </div>
      {tried.rule && <Notice kind="info">{words.t("try.rule", { rule: words.t(`rule.${tried.rule}`) })}</Notice>}
      {verdict && (
        <>
          <p>{verdict.summary}</p>
          <Levels criteria={verdict.criteria} />
          {verdict.question && <p className="dsc-quiet">{verdict.question}</p>}
        </>
      )}
      <div className="dsc-quiet">
        {words.t("try.cost", { cost: money(tried.costMicros, words), seconds: count(tried.seconds, words) })}
      </div>
    </>
  );
}
