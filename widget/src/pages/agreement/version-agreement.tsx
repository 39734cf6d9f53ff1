import type { Agreement, PromptVersion } from "@dealscope/shared/prompt-versions";
import { useWords } from "../../i18n/words.ts";
import { useAnswer } from "../kit/asking.ts";
import { Empty, Loaded } from "../kit/box.tsx";
import { percent } from "../kit/figures.ts";
import { SegmentMark } from "../kit/outcome.tsx";

export function VersionAgreement({ version }: { version: PromptVersion }) {
  const words = useWords();
  const query = useAnswer<Agreement>(`/api/prompt-versions/${version.number}/agreement`);
  return (
    <Loaded query={query} widths={[40, 70, 65]}>
      {(agreement) =>
        agreement.total === 0 ? (
          <Empty>{words.t("agree.empty")}</Empty>
        ) : (
          <AgreementFigures agreement={agreement} version={version} />
        )
      }
    </Loaded>
  );
}

/** The share with its interval, the confusion matrix, and each segment by itself. */
export function AgreementFigures({ agreement, version }: { agreement: Agreement; version: PromptVersion }) {
  const words = useWords();
  const { total, agreed, share, interval, matrix, segments } = agreement;
  const { segments: known } = version.content;
  const nameOf = (key: string) => known.find((segment) => segment.key === key)?.name ?? key;
  const columns: (string | null)[] = [...known.map(({ key }) => key), null];
  const cell = (person: string, model: string | null) =>
    matrix.find((entry) => entry.person === person && entry.model === model)?.count ?? 0;
  const rows = known.map(({ key }) => key).filter((key) => matrix.some(({ person }) => person === key));
  const most = Math.max(...matrix.map(({ count }) => count), 1);
  return (
    <>
      <div>
        <span className="dsc-stat">{share === null ? "–" : percent(share, words)}</span>{" "}
        <span className="dsc-quiet">
          {words.t("agree.of", { agreed, total })}
          {interval &&
            ` ${words.t("agree.interval", { low: percent(interval.low, words), high: percent(interval.high, words) })}`}
        </span>
      </div>
      <div className="dsc-scroll">
        <table className="dsc-table dsc-table--matrix">
          <caption className="dsc-quiet">{words.t("agree.matrix")}</caption>
          <thead>
            <tr>
              <th scope="col">{words.t("agree.person_model")}</th>
              {columns.map((key) => (
                <th key={key ?? "none"} scope="col">
                  {key === null ? words.t("verdict.no_segment") : nameOf(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((person) => (
              <tr key={person}>
                <th scope="row">
                  <SegmentMark segment={{ key: person, name: nameOf(person) }} />
                </th>
                {columns.map((model) => {
                  const times = cell(person, model);
                  const kind = person === model ? "right" : "wrong";
                  return (
                    <td
                      key={model ?? "none"}
                      className={times > 0 ? `dsc-matrix-cell dsc-matrix-cell--${kind}` : undefined}
                      style={{ "--dealscope-share": `${Math.round((times / most) * 40) + 5}%` } as object}
                    >
                      {times === 0 ? <span className="dsc-quiet">·</span> : times}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="dsc-scroll">
        <table className="dsc-table">
          <thead>
            <tr>
              <th scope="col">{words.t("field.segment")}</th>
              <th scope="col" className="dsc-number">
                {words.t("agree.people")}
              </th>
              <th scope="col" className="dsc-number">
                {words.t("agree.precision")}
              </th>
              <th scope="col" className="dsc-number">
                {words.t("agree.recall")}
              </th>
            </tr>
          </thead>
          <tbody>
            {segments.map(({ key, people, precision, recall }) => (
              <tr key={key}>
                <td>
                  <SegmentMark segment={{ key, name: nameOf(key) }} />
                </td>
                <td className="dsc-number">{people}</td>
                <td className="dsc-number">{precision === null ? "–" : percent(precision, words)}</td>
                <td className="dsc-number">{recall === null ? "–" : percent(recall, words)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
