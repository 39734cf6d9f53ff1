import { expect, type Page } from "@playwright/test";

/** What every payload leaves behind when it is taken for more than a text. */
const ELEMENT = "data-canary";
const CALL = "canary()";

/** Ways in which a text becomes a script, if anybody pastes it into a page, an attribute, an address, a style or a template. */
const PAYLOADS = [
  `<script ${ELEMENT}>${CALL}</script>`,
  `<img ${ELEMENT} src="/canary" onerror="${CALL}">`,
  `"><svg ${ELEMENT} onload=${CALL}>`,
  `'><input ${ELEMENT} autofocus onfocus=${CALL} x='`,
  `" ${ELEMENT} onmouseover=${CALL} onfocus=${CALL} style="animation:x" x="`,
  `</textarea></title></style></script><iframe ${ELEMENT} srcdoc="<script>parent.${CALL}</script>"></iframe>`,
  `<a ${ELEMENT} href="javascript:${CALL}">x</a>`,
  `javascript:${CALL}//`,
  `<math><mtext><table><mglyph><style><!--</style><img ${ELEMENT} title="--><img src=/canary onerror=${CALL}>">`,
  `<details ${ELEMENT} open ontoggle=${CALL}>`,
  `&lt;img ${ELEMENT} src=/canary onerror=${CALL}&gt;`,
  `{{constructor.constructor('${CALL}')()}}<%= ${CALL} %>\${${CALL}}`,
  `\u202e\u0000\u2028</script><base ${ELEMENT} href="//evil.example/">`,
];

/** By this it is seen that a text was shown, with all that stands behind it. */
export const SEEN = "\u2620";

/** All of them, behind whatever a text says. */
export const HOSTILE = ` ${SEEN} ${PAYLOADS.join(" ")}`;

/** What came of the payloads in a page, from its first moment on. */
export class Canary {
  readonly #page: Page;
  readonly #fetched: string[] = [];

  private constructor(page: Page) {
    this.#page = page;
    page.on("request", (request) => {
      if (/\/canary$|evil\.example/.test(request.url())) this.#fetched.push(request.url());
    });
  }

  /** Before the page is opened. */
  static async in(page: Page): Promise<Canary> {
    await page.addInitScript((name) => {
      const heard: string[] = [];
      Object.assign(window, { heard, canary: () => heard.push("a script has run") });
      // Also one that is taken away at once.
      new MutationObserver((changes) => {
        for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
          const isIts = node instanceof Element && (node.hasAttribute(name) || node.querySelector(`[${name}]`));
          if (isIts) heard.push(`an element was made: ${node.outerHTML.slice(0, 200)}`);
        }
      }).observe(document, { childList: true, subtree: true });
    }, ELEMENT);
    return new Canary(page);
  }

  /** Nothing has run, nothing was made, nothing was fetched, and no address is a script. */
  async isSilent(where: string) {
    const heard = await this.#page.evaluate((name) => {
      const now = [...document.querySelectorAll(`[${name}], [onerror], [href^="javascript:" i], base`)];
      return [...(window as unknown as { heard: string[] }).heard, ...now.map(({ outerHTML }) => outerHTML)];
    }, ELEMENT);
    expect(heard, where).toEqual([]);
    expect(this.#fetched, where).toEqual([]);
  }
}
