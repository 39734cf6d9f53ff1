import { useWords } from "../../i18n/words.ts";
import { Steps } from "../../ui/steps.tsx";

interface Props {
  criteria: readonly { key: string; name: string; level: number | null; quote: string | null }[];
}

/** Each criterion with its level, and the words it stands on. */
export function Levels({ criteria }: Props) {
  const words = useWords();
  return (
    <ul className="dsc-levels">
      {criteria.map(({ key, name, level, quote }) => (
        <li key={key}>
          <div className="dsc-levels__head">
            <span>{name}</span>
            <Steps
              level={level}
              label={level === null ? words.t("why.level_unknown", { name }) : words.t("why.level", { name, level })}
            />
          </div>
          {quote && <q className="dsc-quiet">{quote}</q>}
        </li>
      ))}
    </ul>
  );
}
