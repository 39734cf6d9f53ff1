import type { ReactNode } from "react";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  isNumber?: boolean;
}

interface Props<Row> {
  caption: string;
  /** The first one names the row. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}

/** The figures of a picture, as a screen reader and a spreadsheet want them. */
export function FigureTable<Row>({ caption, columns: [first, ...others], rows, keyOf }: Props<Row>) {
  return (
    <table className="dsc-table dsc-table--figures">
      <caption className="dsc-said">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{first!.title}</th>
          {others.map(({ title, isNumber }) => (
            <th key={title} scope="col" className={isNumber ? "dsc-number" : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            <th scope="row">{first!.cell(row)}</th>
            {others.map(({ title, isNumber, cell }) => (
              <td key={title} className={isNumber ? "dsc-number" : undefined}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
