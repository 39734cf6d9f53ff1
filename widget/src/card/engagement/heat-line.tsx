import type { EngagementPanel } from "@dealscope/shared/engagement-panel";
import { useWords } from "../../i18n/words.ts";

type Day = EngagementPanel["heat"][number];

const STEP = 8;
const BAR = 6;
const ABOVE = 24;
const BELOW = 9;
/** Fewer openings than that are no tower. */
const LEAST_TOP = 3;
/** So that one among many is still seen. */
const LEAST_BAR = 2;

/** The last 30 days: what people opened and clicked stands above the line, what machines did hangs below it. */
export function HeatLine({ heat }: { heat: readonly Day[] }) {
  const words = useWords();
  const human = sum(heat, "human");
  const machine = sum(heat, "machine");
  const days = heat.filter((day) => day.human > 0).length;
  const heightOf = (amount: number, most: number, height: number) =>
    amount === 0 ? 0 : Math.max(LEAST_BAR, (amount / Math.max(most, LEAST_TOP)) * height);
  const mostHuman = Math.max(...heat.map((day) => day.human));
  const mostMachine = Math.max(...heat.map((day) => day.machine));
  return (
    <div className="dsc-heat">
      <svg
        className="dsc-heat__line"
        viewBox={`0 0 ${heat.length * STEP} ${ABOVE + BELOW}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.t("heat.said", { human, days, machine })}
      >
        {heat.map(({ day, ...of }, at) => {
          const above = heightOf(of.human, mostHuman, ABOVE);
          return (
            <g key={day}>
              <title>{words.t("heat.day", { day: words.calendarDay(day), ...of })}</title>
              <rect className="dsc-heat__day" x={at * STEP} y={0} width={STEP} height={ABOVE + BELOW} />
              <rect className="dsc-heat__human" x={at * STEP + 1} y={ABOVE - above} width={BAR} height={above} />
              <rect
                className="dsc-heat__machine"
                x={at * STEP + 1}
                y={ABOVE + 1}
                width={BAR}
                height={heightOf(of.machine, mostMachine, BELOW - 1)}
              />
            </g>
          );
        })}
        <rect className="dsc-heat__ground" x={0} y={ABOVE} width={heat.length * STEP} height={1} />
      </svg>
      <div className="dsc-heat__axis dsc-quiet" aria-hidden="true">
        <span>{heat[0] && words.calendarDay(heat[0].day)}</span>
        <span>
          <span className="dsc-heat__key--human">▴</span> {words.t("heat.people")}{" "}
          <span className="dsc-heat__key--machine">▾</span> {words.t("heat.machines")}
        </span>
        <span>{words.t("heat.today")}</span>
      </div>
    </div>
  );
}

function sum(heat: readonly Day[], of: "human" | "machine"): number {
  return heat.reduce((all, day) => all + day[of], 0);
}
