import type { EXPORTS } from "@dealscope/shared/reports";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { useShell } from "../../shell.tsx";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/select.tsx";
import { useAction } from "../kit/asking.ts";
import { Box, Failure } from "../kit/box.tsx";
import { useIsAdmin } from "../kit/viewer.ts";
import { reportPath, useFilter } from "./filter.ts";
import { saveFile } from "./save-file.ts";

const TABLES = [
  "deals",
  "stage_stays",
  "stakeholders",
  "holds",
  "hold_reasons",
  "verdicts",
] as const satisfies typeof EXPORTS;
type Table = (typeof TABLES)[number];
const FORMATS = { csv: "CSV", jsonl: "JSON Lines" } as const;
type Format = keyof typeof FORMATS;

/** What the reports are made of, to be carried away. */
export function ExportBox() {
  const words = useWords();
  const isAdmin = useIsAdmin();
  const { client } = useShell();
  const { filter } = useFilter();
  const [table, setTable] = useState<Table>("deals");
  const save = useAction<void, Format>(async (_, format) =>
    saveFile(await client.file(reportPath("export", filter, { table, format })), `dealscope-${table}.${format}`),
  );
  return (
    <div className="dsc-report">
      <Box title={words.t("export.title")} lead={words.t(isAdmin ? "export.lead" : "export.lead_rep")}>
        <div className="dsc-stack">
          <Select
            label={words.t("export.what")}
            value={table}
            options={TABLES.map((value) => ({ value, label: words.t(`export_table.${value}`) }))}
            onChange={setTable}
          />
          <div className="dsc-row">
            {(["csv", "jsonl"] as const).map((format) => (
              <Button
                key={format}
                isBusy={save.isPending && save.variables === format}
                onClick={() => save.mutate(format)}
              >
                {FORMATS[format]}
              </Button>
            ))}
            <span className="dsc-quiet" role="status">
              {save.isSuccess && words.t("export.saved")}
            </span>
          </div>
          <Failure error={save.error} />
        </div>
      </Box>
    </div>
  );
}
