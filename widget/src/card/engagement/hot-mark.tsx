import type { EngagementPanel } from "@dealscope/shared/engagement-panel";
import { useWords } from "../../i18n/words.ts";
import { Mark } from "../../ui/mark.tsx";

/** The account's rule for a call is met now: somebody reads our mails again and again. */
export function HotMark({ hot, now }: { hot: NonNullable<EngagementPanel["hot"]>; now: number }) {
  const words = useWords();
  const { opens, hours, lastAt } = hot;
  return (
    <span className="dsc-chip dsc-hot-mark" title={words.t("engagement.last_one", { ago: words.ago(lastAt, now) })}>
      <Mark tone="hot" /> {words.t("engagement.opens_in", { opens, hours })}
    </span>
  );
}
