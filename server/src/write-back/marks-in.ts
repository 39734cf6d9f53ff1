import type { Forgotten } from "./creation.ts";
import { markerIn, withMarker } from "./marker.ts";
import type { WriteRow } from "./write-row.ts";

/** A note or task of a lead as Kommo shows it. */
export interface Said {
  id: number;
  leadId: number;
  text: string;
}

/**
 * Kommo's ids by the marks in these texts. What was decided between a backup and the fault is decided again after it is
 * restored, and then has another mark: it is there when a text says the same with a mark that nobody remembers.
 */
export async function marksIn(
  said: readonly Said[],
  rows: readonly WriteRow[],
  forgotten: Forgotten,
): Promise<Map<string, number>> {
  const marked = said.flatMap((one) => {
    const mark = markerIn(one.text);
    return mark === undefined ? [] : [{ ...one, mark }];
  });
  const marks = new Map(marked.map(({ mark, id }) => [mark, id]));
  const again = rows.filter(({ isDecidedAgain, marker }) => isDecidedAgain && marker && !marks.has(marker));
  if (again.length === 0) return marks;
  const left = await forgotten([...marks.keys()]);
  for (const { leadId, body, marker } of again) {
    const same = marked.find(
      ({ text, mark, ...one }) =>
        left.has(mark) && one.leadId === leadId && text.trimEnd() === withMarker(body.text ?? "", mark),
    );
    if (!same || !marker) continue;
    left.delete(same.mark);
    marks.set(marker, same.id);
  }
  return marks;
}
