import type { Lists } from "@dealscope/shared/lists";
import { useWords, type Words } from "../../i18n/words.ts";
import { Button, TextButton } from "../../ui/button.tsx";
import { TextAreaField } from "../../ui/field.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Select } from "../../ui/select.tsx";
import { toneOf } from "../../ui/tone.ts";
import { percent } from "../kit/figures.ts";
import { mistakesOf } from "../kit/problems.ts";
import {
  type ContentForm,
  type CriterionForm,
  LIMITS,
  mistakesIn,
  newKey,
  type SegmentForm,
  SPAM_KEY,
} from "./content-form.ts";
import { CriterionFields } from "./criterion-fields.tsx";
import { LANGUAGES, languageName } from "./languages.ts";
import type { Draft } from "./use-draft.ts";

/** How many opens reach each level; the server counts by the same. */
const OPENS_OF_LEVELS = [0, 1, 2, 3, 5, 8] as const;

interface Props {
  draft: Draft;
  form: ContentForm;
  lists: Lists | undefined;
}

/** The text itself. */
export function ContentFields({ draft, form, lists }: Props) {
  const words = useWords();
  const mistakes = mistakesIn(form);
  const refused = mistakesOf(draft.failure, words);
  const errorAt = (path: string) => (mistakes[path] ? words.t(mistakes[path]) : refused[path]);
  const { criteria, segments } = form;
  const setCriterion = (at: number, part: Partial<CriterionForm>) =>
    draft.change({ criteria: criteria.map((each, index) => (index === at ? { ...each, ...part } : each)) });
  const setSegment = (at: number, part: Partial<SegmentForm>) =>
    draft.change({ segments: segments.map((each, index) => (index === at ? { ...each, ...part } : each)) });
  const without = <Each,>(list: readonly Each[], at: number) => list.filter((_, index) => index !== at);
  const weights = criteria.reduce((sum, { weight }) => sum + (Number(weight) || 0), 0);
  const ranked = segments.toSorted((a, b) => Number(b.minScore ?? -1) - Number(a.minScore ?? -1)).map(({ key }) => key);

  return (
    <div className="dsc-stack dsc-stack--wide">
      <TextAreaField
        label={words.t("criteria.icp")}
        value={form.icp}
        rows={6}
        error={errorAt("icp")}
        onChange={(icp) => draft.change({ icp })}
      />
      <p className="dsc-quiet">{words.t("criteria.icp_hint")}</p>

      <h4 className="dsc-subtitle">{words.t("criteria.criteria")}</h4>
      {criteria.map((criterion, at) => {
        const isWrong = Object.keys({ ...mistakes, ...refused }).some((path) => path.startsWith(`criteria.${at}.`));
        return (
          <details key={criterion.key} className="dsc-fold dsc-fold--box" open={isWrong || undefined}>
            <summary>
              <span className="dsc-strong">{criterion.name || words.t("criteria.unnamed")}</span>{" "}
              <span className="dsc-quiet">
                {words.t("criteria.share", { share: percent((Number(criterion.weight) || 0) / (weights || 1), words) })}
              </span>
            </summary>
            <CriterionFields
              criterion={criterion}
              errorAt={(path) => errorAt(`criteria.${at}.${path}`)}
              onChange={(part) => setCriterion(at, part)}
              {...(mayRemove(criteria, criterion)
                ? { onRemove: () => draft.change({ criteria: without(criteria, at) }) }
                : {})}
            />
          </details>
        );
      })}
      {errorAt("criteria") && (
        <div className="dsc-field__error" role="alert">
          {errorAt("criteria")}
        </div>
      )}
      {criteria.length < LIMITS.mostCriteria && (
        <div className="dsc-row">
          <Button onClick={() => draft.change({ criteria: [...criteria, newCriterion(criteria)] })}>
            {words.t("criteria.add_criterion")}
          </Button>
          {!criteria.some(({ judgedBy }) => judgedBy === "engagement") && (
            <Button onClick={() => draft.change({ criteria: [...criteria, mailsCriterion(criteria, words)] })}>
              {words.t("criteria.add_mails")}
            </Button>
          )}
        </div>
      )}

      <h4 className="dsc-subtitle">{words.t("criteria.segments")}</h4>
      <div className="dsc-scroll">
        <table className="dsc-table dsc-table--form">
          <thead>
            <tr>
              <th scope="col">{words.t("criteria.name")}</th>
              <th scope="col">{words.t("criteria.from_score")}</th>
              <th scope="col">{words.t("criteria.tag")}</th>
              <th scope="col">
                <span className="dsc-said">{words.t("criteria.remove_short")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {segments.map((segment, at) => (
              <tr key={segment.key}>
                <td>
                  <div className="dsc-marked-field">
                    <Mark tone={toneOf(segment.key, ranked)} />
                    <BareField
                      label={words.t("criteria.name_of", { name: segment.key })}
                      value={segment.name}
                      error={errorAt(`segments.${at}.name`)}
                      onChange={(name) => setSegment(at, { name })}
                    />
                  </div>
                </td>
                <td>
                  {segment.minScore === null ? (
                    <span className="dsc-quiet">{words.t("criteria.by_model")}</span>
                  ) : (
                    <BareField
                      label={words.t("criteria.from_score_of", { name: segment.name })}
                      value={segment.minScore}
                      isNumber
                      error={errorAt(`segments.${at}.minScore`)}
                      onChange={(minScore) => setSegment(at, { minScore })}
                    />
                  )}
                </td>
                <td>
                  <code className="dsc-tag">dealscope:{segment.key}</code>
                </td>
                <td>
                  {segment.key !== SPAM_KEY && segments.length > 2 && (
                    <TextButton onClick={() => draft.change({ segments: without(segments, at) })}>
                      {words.t("criteria.remove", { name: segment.name })}
                    </TextButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {errorAt("segments") && (
        <div className="dsc-field__error" role="alert">
          {errorAt("segments")}
        </div>
      )}
      {segments.length < LIMITS.mostSegments && (
        <div className="dsc-row">
          <Button
            onClick={() =>
              draft.change({
                segments: [...segments, { key: newKey("segment", segments), name: "", minScore: "" }],
              })
            }
          >
            {words.t("criteria.add_segment")}
          </Button>
        </div>
      )}

      <div className="dsc-pair dsc-pair--even">
        <Select
          label={words.t("criteria.language")}
          value={form.outputLanguage}
          options={[
            { value: "lead", label: words.t("criteria.language_of_lead") },
            ...[...new Set([...LANGUAGES, form.outputLanguage])]
              .filter((tag) => tag !== "lead")
              .map((tag) => ({ value: tag, label: languageName(tag, words) })),
          ]}
          onChange={(outputLanguage) => draft.change({ outputLanguage })}
        />
        <Select
          label={words.t("criteria.model")}
          value={form.model ?? ""}
          options={[
            { value: "", label: words.t("criteria.model_default", { model: lists?.models[0]?.id ?? "" }) },
            ...modelOptions(lists, form.model).map((id) => ({ value: id, label: id })),
          ]}
          onChange={(model) => draft.change({ model: model === "" ? null : model })}
        />
      </div>
    </div>
  );
}

/** As few as there may be without it; what is done with mails may go at any time but then. */
function mayRemove(criteria: readonly CriterionForm[], { judgedBy }: CriterionForm): boolean {
  const ofWords = criteria.filter((criterion) => criterion.judgedBy === undefined).length;
  return criteria.length > LIMITS.leastCriteria && (judgedBy === "engagement" || ofWords > LIMITS.leastOfWords);
}

function newCriterion(criteria: readonly CriterionForm[]): CriterionForm {
  const anchors = Array.from({ length: LIMITS.levels }, () => "");
  return { key: newKey("criterion", criteria), name: "", description: "", weight: "10", anchors };
}

function mailsCriterion(criteria: readonly CriterionForm[], words: Words): CriterionForm {
  return {
    key: newKey("criterion", criteria),
    name: words.t("criteria.mails_name"),
    description: words.t("criteria.mails_about"),
    weight: "10",
    anchors: OPENS_OF_LEVELS.map((opens) =>
      words.t(opens === 0 ? "criteria.mails_none" : "criteria.mails_level", { opens }),
    ),
    judgedBy: "engagement",
  };
}

function modelOptions(lists: Lists | undefined, chosen: string | null): string[] {
  const ids = (lists?.models ?? []).map(({ id }) => id);
  return chosen === null || ids.includes(chosen) ? ids : [...ids, chosen];
}

interface BareFieldProps {
  label: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  isNumber?: boolean;
}

/** A field in a table, whose label is only said. */
function BareField({ label, value, error, onChange, isNumber }: BareFieldProps) {
  return (
    <div className={isNumber ? "dsc-score-field" : undefined}>
      <input
        className="dsc-select"
        aria-label={label}
        aria-invalid={error !== undefined}
        inputMode={isNumber ? "numeric" : "text"}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {error && <div className="dsc-field__error">{error}</div>}
    </div>
  );
}
