import type { Labels, LabelsImported } from "@dealscope/shared/labels";
import type { PromptVersions } from "@dealscope/shared/prompt-versions";
import { type ChangeEvent, useId, useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { TextAreaField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { LABELS, VERSIONS } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Failure, Loaded } from "../kit/box.tsx";
import { count } from "../kit/figures.ts";
import { useKept } from "../kit/kept.ts";
import { readLines } from "./label-lines.ts";

const MOST_ROWS = 1_000;

/** What experts say of leads, pasted from a spreadsheet or read from a file. */
export function LabelsBox() {
  const words = useWords();
  const known = useKnown();
  const [text = "", keep] = useKept<string>("labels");
  const { rows, lines, unreadable } = readLines(text);
  const refresh = () => {
    void known.refresh(LABELS);
    void known.refreshBelow(`${VERSIONS}/`);
  };
  const send = useAction<LabelsImported>(
    (ask) => ask(LABELS, { method: "POST", body: { rows } }),
    ({ refused }) => {
      refresh();
      const lost = new Set(refused.map(({ row }) => lines[row]));
      const left = text.split(/\r?\n/).filter((_, at) => lost.has(at + 1));
      keep(left.length === 0 ? undefined : left.join("\n"));
    },
  );
  const readFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    event.currentTarget.value = "";
    if (file) keep(await file.text());
  };
  return (
    <Box title={words.t("agree.labels")} lead={words.t("agree.labels_lead")}>
      <div className="dsc-stack">
        <KnownLabels onChange={refresh} />
        <TextAreaField
          label={words.t("agree.rows")}
          hint={words.t("agree.rows_hint")}
          rows={6}
          value={text}
          error={rows.length > MOST_ROWS ? words.t("agree.too_many") : undefined}
          onChange={keep}
        />
        {text !== "" && (
          <p className="dsc-quiet" role="status">
            {words.t("agree.read", { count: count(rows.length, words) })}{" "}
            {unreadable.length > 0 && words.t("agree.unreadable", { lines: unreadable.slice(0, 10).join(", ") })}
          </p>
        )}
        <Failure error={send.error} />
        {send.data && <Imported imported={send.data} />}
        <div className="dsc-row">
          <Button
            isPrimary
            isBusy={send.isPending}
            isDisabled={rows.length === 0 || rows.length > MOST_ROWS}
            onClick={() => send.mutate()}
          >
            {words.t("agree.import")}
          </Button>
          <FileButton label={words.t("agree.file")} onChange={(event) => void readFile(event)} />
        </div>
      </div>
    </Box>
  );
}

function FileButton({ label, onChange }: { label: string; onChange: (event: ChangeEvent<HTMLInputElement>) => void }) {
  const id = useId();
  return (
    <span className="dsc-file">
      <input id={id} className="dsc-file__input" type="file" accept=".csv,.tsv,.txt,text/csv" onChange={onChange} />
      <label className="dsc-file__label" htmlFor={id}>
        {label}
      </label>
    </span>
  );
}

function Imported({ imported }: { imported: LabelsImported }) {
  const words = useWords();
  return (
    <Notice
      kind={imported.refused.length === 0 ? "info" : "warning"}
      title={words.t("agree.imported", { count: count(imported.kept, words) })}
    >
      <ul>
        {imported.refused.slice(0, 20).map(({ row, leadId, why }) => (
          <li key={row}>
            {words.t("page.lead_number", { id: leadId })}: {words.t(`label_refused.${why}`)}
          </li>
        ))}
      </ul>
      {imported.refused.length > 0 && words.t("agree.refused_stay")}
    </Notice>
  );
}

function KnownLabels({ onChange }: { onChange: () => void }) {
  const words = useWords();
  const labels = useAnswer<Labels>(LABELS);
  const versions = useAnswer<PromptVersions>(VERSIONS);
  const [isSure, setSure] = useState(false);
  const segments = versions.data?.versions.find(({ state }) => state === "published")?.content.segments ?? [];
  const nameOf = (key: string) => segments.find((segment) => segment.key === key)?.name ?? key;
  const remove = useAction<Labels>(
    (ask) => ask(LABELS, { method: "DELETE" }),
    () => {
      setSure(false);
      onChange();
    },
  );
  return (
    <Loaded query={labels} widths={[35]}>
      {(there) => (
        <div className="dsc-row">
          <span>
            {words.t("agree.known", { count: count(there.total, words) })}{" "}
            <span className="dsc-quiet">
              {there.segments.map(({ key, count: times }) => `${nameOf(key)} ${count(times, words)}`).join(", ")}
            </span>
          </span>
          {there.total > 0 && !isSure && <Button onClick={() => setSure(true)}>{words.t("agree.delete_all")}</Button>}
          {isSure && (
            <>
              <Button isBusy={remove.isPending} onClick={() => remove.mutate()}>
                {words.t("agree.delete_sure")}
              </Button>
              <Button onClick={() => setSure(false)}>{words.t("action.cancel")}</Button>
            </>
          )}
          <Failure error={remove.error} />
        </div>
      )}
    </Loaded>
  );
}
