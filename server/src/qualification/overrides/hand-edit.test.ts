import { expect, test } from "vitest";
import { provisioned } from "../../installation/provisioning.ts";
import { lead } from "../../kommo/resources.ts";
import type { LastWritten } from "../../write-back/last-written.ts";
import { DEFAULT_PROMPT } from "../prompt/default-prompt.ts";
import { handEdit } from "./hand-edit.ts";

const made = provisioned.parse({ fields: { score: 501, segment: 502 }, segments: { hot: 91, cold: 92, gone: 93 } });

/** The lead as Kommo shows it. */
function shown(score: string | number | null, option: number | null) {
  const values = [
    ...(score === null ? [] : [{ field_id: 501, values: [{ value: score }] }]),
    ...(option === null ? [] : [{ field_id: 502, values: [{ value: "Any", enum_id: option }] }]),
  ];
  return lead.parse({ id: 7, pipeline_id: 1, status_id: 10, custom_fields_values: values });
}

const hot = { score: 80, segment: "hot" };

test.each<[string, ReturnType<typeof shown>, LastWritten["fields"], ReturnType<typeof handEdit>]>([
  ["what we wrote", shown("80", 91), hot, undefined],
  ["another score", shown("30", 91), hot, { score: 30, segment: null }],
  ["a score of 0", shown(0, 91), hot, { score: 0, segment: null }],
  ["another segment", shown("80", 92), hot, { score: null, segment: "cold" }],
  ["both", shown("30", 92), hot, { score: 30, segment: "cold" }],
  ["both emptied", shown(null, null), hot, undefined],
  ["an empty text", shown("", 91), hot, undefined],
  ["values where we wrote none", shown("30", 92), { score: null, segment: null }, { score: 30, segment: "cold" }],
  ["fields we have never written", shown("30", 92), {}, undefined],
  ["a score above 100", shown("300", 91), hot, undefined],
  ["an option of a segment that is no more", shown("80", 93), hot, undefined],
  ["an option that is not ours", shown("80", 99), hot, undefined],
])("%s", (_, now, written, edit) => {
  expect(handEdit(now, written, made, DEFAULT_PROMPT.segments)).toEqual(edit);
});
