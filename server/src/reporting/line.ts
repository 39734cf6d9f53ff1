/** A column of an export. */
export interface Column {
  name: string;
  isText: boolean;
}

/** A spreadsheet that is not told the letters guesses them. */
const MARK = "\uFEFF";

/**
 * How the database writes a row: as one text that goes out as it is. Taken apart and put together here, a row would be
 * dozens of values, and of 100 000 some are still in memory when nobody needs them any more.
 */
export const FORMS = {
  csv: {
    head: (columns: readonly Column[]) => `${MARK}${columns.map(({ name }) => name).join(",")}\n`,
    line: (columns: readonly Column[], row: string) =>
      columns.map(({ name, isText }) => (isText ? textCell : plainCell)(`${row}.${name}`)).join(" || ',' || "),
  },
  jsonl: {
    head: () => "",
    line: (_: readonly Column[], row: string) => `row_to_json(${row})::text`,
  },
};

/** A number, a time, yes or no, as JSON has it. */
const plainCell = (column: string) => `coalesce(to_json(${column}) #>> '{}', '')`;

/** What a spreadsheet takes for the beginning of a formula, in full width too. */
const FORMULA = String.raw`^[=+@\-\t\r\n＝＋－＠]`;
const TO_BE_QUOTED = String.raw`[",\r\n]`;

/** A formula is told from a text by an apostrophe, which spreadsheets do not show. */
function textCell(column: string): string {
  const safe = `CASE WHEN ${column} ~ '${FORMULA}' THEN '''' ELSE '' END || ${column}`;
  return `coalesce(CASE WHEN ${column} ~ '${TO_BE_QUOTED}' THEN '"' || replace(${safe}, '"', '""') || '"' ELSE ${safe} END, '')`;
}
