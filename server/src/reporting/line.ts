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
const SIGN = String.raw`=+@\-＝＋－＠`;
const FORMULA = String.raw`^(?: *[${SIGN}]|[\t\r\n])`;
/**
 * Where lists are parted by semicolons a spreadsheet parts ours by them as well, and takes none of our quotes for one: what
 * stands behind a semicolon, a tab or a line's end begins a cell.
 */
const FORMULA_WITHIN = String.raw`([;\t\r\n][ "]*)(?=[${SIGN}])`;
const TO_BE_QUOTED = String.raw`[",;\t\r\n]`;

/** A formula is told from a text by an apostrophe, which spreadsheets do not show. */
function textCell(column: string): string {
  const within = String.raw`regexp_replace(${column}, '${FORMULA_WITHIN}', '\1''', 'g')`;
  const safe = `CASE WHEN ${column} ~ '${FORMULA}' THEN '''' ELSE '' END || ${within}`;
  return `coalesce(CASE WHEN ${column} ~ '${TO_BE_QUOTED}' THEN '"' || replace(${safe}, '"', '""') || '"' ELSE ${safe} END, '')`;
}
