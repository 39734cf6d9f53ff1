import type { LabelsToImport } from "@dealscope/shared/labels";

type Row = LabelsToImport["rows"][number];

export interface ReadLines {
  rows: Row[];
  /** Of each row, the line it stands in, from 1. */
  lines: number[];
  /** Lines that name no lead or no segment, from 1. */
  unreadable: number[];
}

/** Two columns as spreadsheets give them: tab, semicolon or comma between; a first line with names is skipped. */
export function readLines(text: string): ReadLines {
  const found: ReadLines = { rows: [], lines: [], unreadable: [] };
  text.split(/\r?\n/).forEach((line, at) => {
    if (line.trim() === "") return;
    const [lead = "", segment = ""] = line.split(/[\t;,]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    const leadId = /(?:^|\/leads\/detail\/)(\d{1,12})\/?$/.exec(lead)?.[1];
    if (leadId && Number(leadId) > 0 && segment !== "") {
      found.rows.push({ leadId: Number(leadId), segment });
      found.lines.push(at + 1);
    } else if (at > 0 || /\d/.test(lead)) found.unreadable.push(at + 1);
  });
  return found;
}
