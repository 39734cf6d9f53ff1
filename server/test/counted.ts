import type { Counter, Histogram } from "prom-client";

type Labels = Record<string, string>;

/** How often something was counted in this process, from now on to each asking; of a histogram, how often something took its time. */
export async function countedFromNow<T extends string>(metric: Counter<T> | Histogram<T>, labels: Labels = {}) {
  const before = await count(metric, labels);
  return async () => (await count(metric, labels)) - before;
}

async function count<T extends string>(metric: Counter<T> | Histogram<T>, labels: Labels): Promise<number> {
  const { values, name } = await metric.get();
  return values
    .filter((one) => !("metricName" in one) || one.metricName === `${name}_count`)
    .filter((one) => Object.entries(labels).every(([label, value]) => (one.labels as Labels)[label] === value))
    .reduce((total, { value }) => total + value, 0);
}
