import type { Locator } from "@playwright/test";

/** Texts that stick out at the right. */
export function overflowing(root: Locator): Promise<string[]> {
  return root.evaluate((element) => {
    const edge = element.getBoundingClientRect().right + 0.5;
    const found: string[] = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      // What is said to screen readers only is cut off to a point, and what ends in … is cut off on purpose.
      const isCut = (one: Element): boolean =>
        getComputedStyle(one).overflowX === "hidden" || (one !== element && isCut(one.parentElement!));
      if ([...range.getClientRects()].some(({ right }) => right > edge) && !isCut(node.parentElement!))
        found.push(node.textContent!);
    }
    return found;
  });
}

/** Names of all texts, which are shown where a text is missing. */
export function keysOf(texts: object, above = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "object" ? keysOf(value, `${above}${key}.`) : [`${above}${key}`],
  );
}
