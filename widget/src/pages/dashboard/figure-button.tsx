import { useWords } from "../../i18n/words.ts";
import { TextButton } from "../../ui/button.tsx";
import { count } from "../kit/figures.ts";
import { type Figure, useFilter } from "./filter.ts";

/** A number of deals in a table, which shows them. */
export function FigureButton({ figure, amount }: { figure: Figure; amount: number }) {
  const words = useWords();
  const { open } = useFilter();
  if (amount === 0) return count(0, words);
  return <TextButton onClick={() => open(figure)}>{count(amount, words)}</TextButton>;
}
