import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { meters } from "../src/meters.ts";
import { figures, worst } from "../src/operations/figures.ts";
import { Metrics } from "../src/operations/metrics.ts";
import { REASONS_TO_WAIT, waitingFor } from "../src/operator/what-work-waits-for.ts";
import { startWorld, type World } from "./world.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

const Alert = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
  annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
});
const Alerts = z.object({ groups: z.array(z.object({ rules: z.array(Alert) })) });
const Dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      description: z.string().optional(),
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

const alerts = Alerts.parse(parse(await read("ops/prometheus/alerts.yaml"))).groups.flatMap(({ rules }) => rules);
const Cases = z.object({
  tests: z.array(z.object({ name: z.string(), input_series: z.array(z.object({ series: z.string() })) })),
});
const cases = Cases.parse(parse(await read("ops/prometheus/alerts.test.yaml"))).tests;
const { panels } = Dashboard.parse(JSON.parse(await read("ops/grafana/dealscope.json")));
const runbook = await read("docs/runbook.md");

/** Paragraphs of the runbook by their headings. */
const paragraphs = new Map(
  runbook
    .split(/^(?=##)/m)
    .filter((part) => part.startsWith("### "))
    .map((part) => {
      const [heading = "", ...lines] = part.split("\n");
      return [heading.replace("### ", ""), lines.join(" ").trim()];
    }),
);

let world: World;
/** What `/metrics` shows, as Prometheus would ask for it. */
const shown = new Set(["up"]);
beforeAll(async () => {
  world = await startWorld();
  const text = await world.server.app.get(Metrics).scrape();
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    for (const suffix of type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]) shown.add(`${name}${suffix}`);
  }
});
afterAll(() => world?.stop());

const namesIn = (expr: string) => expr.match(/\b(?:dealscope|nodejs|process)_\w+\b|\bup\b/g) ?? [];

/** Labels that a metric of ours has. */
function labelsOf(name: string): string[] {
  const short = name.replace(/^dealscope_/, "");
  if (short === "server_info") return ["role"];
  if (short in worst || short.startsWith("account_")) return ["account"];
  if (short in figures) return [figures[short]?.label ?? ""];
  const metric = meters.getSingleMetric(name.replace(/_(bucket|sum|count)$/, "")) ?? meters.getSingleMetric(name);
  return metric && "labelNames" in metric ? (metric.labelNames as string[]) : [];
}

/** What a metric has by which it is chosen or put together, and does not have. */
function wrongLabels(expr: string): string[] {
  const given = ["le", "job", "instance"];
  const chosen = [...expr.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, name = "", inner = ""]) =>
    [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].flatMap(([, label = ""]) =>
      given.includes(label) || labelsOf(name).includes(label) ? [] : `${name}{${label}}`,
    ),
  );
  const all = namesIn(expr).flatMap(labelsOf);
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(/,\s*/).filter((label) => !given.includes(label) && !all.includes(label)),
  );
  return [...chosen, ...grouped];
}

const expressions = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`panel ${title}`, expr] as const)),
];

test.each(expressions)("%s asks for metrics and labels that there are", (_, expr) => {
  expect(namesIn(expr).filter((name) => !shown.has(name))).toEqual([]);
  expect(namesIn(expr)).not.toEqual([]);
  expect(wrongLabels(expr)).toEqual([]);
});

describe("the runbook", () => {
  test.each(alerts)("says what to do about $alert", ({ alert, annotations }) => {
    expect(paragraphs.get(alert)?.length).toBeGreaterThan(100);
    expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
  });

  test("speaks of no alert that there is not, and neither does the dashboard", () => {
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect([...paragraphs.keys()]).toEqual(names);
    const spoken = [runbook, ...panels.map(({ description = "" }) => description)]
      .join(" ")
      .match(/\bDealscope[A-Z]\w+/g);
    expect(spoken?.filter((name) => !names.includes(name))).toEqual([]);
  });
});

test("promtool can try every alert, on metrics that there are", () => {
  expect(cases.map(({ name }) => name)).toEqual([...alerts.map(({ alert }) => alert), "all is well"]);
  const series = cases.flatMap(({ input_series }) => input_series.map((one) => one.series));
  expect(series.flatMap(namesIn).filter((name) => !shown.has(name))).toEqual([]);
});

describe("what work waits for", () => {
  const onWaiting = alerts.flatMap(({ alert, expr, labels, annotations }) => {
    const [, is, values] = /dealscope_work_waiting\{on(=~|!~)"([^"]*)"\}/.exec(expr) ?? [];
    if (values === undefined) return [];
    const named = new Set(values.split("|"));
    const speaksOf = (on: string) => named.has(on) === (is === "=~");
    return [{ alert, speaksOf, severity: labels.severity, summary: annotations.summary.replaceAll(/\s+/g, " ") }];
  });

  test.each([...REASONS_TO_WAIT, "{{ $labels.on }}"])(
    "%s reaches a person in the words of the operator's page",
    (on) => {
      const ones = onWaiting.filter(({ speaksOf }) => speaksOf(on));
      const { severity, why } = waitingFor(on);
      expect(ones.map((one) => one.severity)).toEqual([severity === "broken" ? "page" : "ticket"]);
      expect(ones[0]?.summary).toContain(why);
    },
  );

  test("no alert waits for what nothing waits for", () => {
    const named = alerts.flatMap(
      ({ expr }) => /dealscope_work_waiting\{on=~"([^"]*)"\}/.exec(expr)?.[1]?.split("|") ?? [],
    );
    expect(named.filter((on) => !REASONS_TO_WAIT.includes(on))).toEqual([]);
  });
});

test("every figure of ours is on the dashboard or wakes somebody", () => {
  const used = new Set(
    expressions.flatMap(([, expr]) => namesIn(expr)).map((name) => name.replace(/_(bucket|count)$/, "")),
  );
  const ours = [...shown].filter((name) => name.startsWith("dealscope_") && !/_(sum|count)$/.test(name));
  expect(ours.map((name) => name.replace(/_bucket$/, "")).filter((name) => !used.has(name))).toEqual([]);
});
