import { expect, type Page } from "@playwright/test";
import axe from "axe-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Fails with what axe finds against WCAG 2.2 AA below a selector. */
export async function expectAccessible(page: Page, selector: string, { without = [] as string[] } = {}): Promise<void> {
  // Not as a script of the page, which its policy may forbid.
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    async ([root, runOnly, without]) => {
      const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
      const { violations } = await window.axe.run(root, { runOnly, rules });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
      );
    },
    [selector, RULES, without] as const,
  );
  expect(found).toEqual([]);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
