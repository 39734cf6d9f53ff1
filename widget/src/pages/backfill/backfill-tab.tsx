import type { Backfills } from "@dealscope/shared/backfill";
import type { Lists } from "@dealscope/shared/lists";
import { useWords } from "../../i18n/words.ts";
import { BACKFILLS, LISTS } from "../kit/addresses.ts";
import { useAnswer } from "../kit/asking.ts";
import { Box, Empty, Loaded } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { EarlierBackfills } from "./earlier-backfills.tsx";
import { FilterForm } from "./filter-form.tsx";
import { OpenBackfill } from "./open-backfill.tsx";
import { isOpen } from "./states.ts";

/** Existing leads judged by filter. What runs is the server's: a reload or a closed browser changes nothing. */
export function BackfillTab() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const lists = useAnswer<Lists>(LISTS);
  const query = useAnswer<Backfills>(BACKFILLS, {
    again: (answer) =>
      answer?.backfills.some(({ state }) => state === "counting" || state === "running") ? 1_000 : false,
  });
  return (
    <Loaded query={query} widths={[35, 80, 60]}>
      {({ backfills }) => {
        const open = backfills.find(isOpen);
        const earlier = backfills.filter((backfill) => !isOpen(backfill));
        return (
          <>
            {open && <OpenBackfill backfill={open} lists={lists.data} />}
            {!open && (
              <Box title={words.t("backfill.title")} lead={words.t("backfill.lead")}>
                {isAdmin ? (
                  <Loaded query={lists}>{(shown) => <FilterForm lists={shown} />}</Loaded>
                ) : (
                  <Empty>{words.t("backfill.none")}</Empty>
                )}
              </Box>
            )}
            {earlier.length > 0 && <EarlierBackfills backfills={earlier} lists={lists.data} />}
          </>
        );
      }}
    </Loaded>
  );
}
