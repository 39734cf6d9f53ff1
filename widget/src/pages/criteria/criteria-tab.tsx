import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { LISTS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Loaded } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { ActionsBox } from "./actions-box.tsx";
import { CompiledBox } from "./compiled-box.tsx";
import { ContentFields } from "./content-fields.tsx";
import { mistakesIn, toContent } from "./content-form.ts";
import { DraftBar } from "./draft-bar.tsx";
import { RulesBox } from "./rules-box.tsx";
import { TriggersBox } from "./triggers-box.tsx";
import { TryBox } from "./try-box.tsx";
import { useDraft } from "./use-draft.ts";
import { VersionsBox } from "./versions-box.tsx";

/** How leads are judged: written as a draft, looked at and tried, then put in force. */
export function CriteriaTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const draft = useDraft();
  const lists = useAnswer<Lists>(LISTS);
  const { form } = draft;
  const isWhole = form !== undefined && Object.keys(mistakesIn(form)).length === 0;
  return (
    <div className="dsc-columns">
      <div className="dsc-columns__main">
        <Box title={words.t("criteria.title")} lead={words.t("criteria.lead")}>
          <Loaded query={draft.query} widths={[50, 95, 90, 70]}>
            {() =>
              form && (
                <>
                  {isAdmin && <DraftBar draft={draft} />}
                  <fieldset className="dsc-form-area" disabled={!isAdmin}>
                    <ContentFields draft={draft} form={form} lists={lists.data} />
                  </fieldset>
                </>
              )
            }
          </Loaded>
        </Box>
        <Loaded query={lists}>
          {(shown) => (
            <>
              <TriggersBox lists={shown} />
              <RulesBox />
              <ActionsBox lists={shown} segments={form?.segments ?? []} />
            </>
          )}
        </Loaded>
        <VersionsBox />
      </div>
      {isAdmin && form && (
        <div className="dsc-columns__side">
          <CompiledBox content={isWhole ? toContent(form) : undefined} />
          <TryBox content={isWhole ? toContent(form) : undefined} />
        </div>
      )}
    </div>
  );
}
