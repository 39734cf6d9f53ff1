export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

/** What of a text was taken away and what was put in, by words; long texts are told as a whole. */
export function wordDiff(before: string, after: string): Piece[] {
  const [a, b] = [before, after].map((text) => text.split(/(?<=\s)/)) as [string[], string[]];
  if (a.length * b.length > 1_000_000)
    return [
      { kind: "gone", text: before },
      { kind: "new", text: after },
    ];
  const lengths = longestCommon(a, b);
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], text: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i]!);
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) add("gone", a[i++]!);
    else add("new", b[j++]!);
  }
  return pieces;
}

/** Of what follows each pair of places, how much is common. */
function longestCommon(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}
