type Child = Node | string | number | null | undefined | false;

interface Props {
  class?: string;
  data?: Record<string, string>;
  attributes?: Record<string, string>;
  /** Any property of the element, listeners such as `onclick` included. */
  [property: string]: unknown;
}

/** An element with its properties and children; texts are always texts, and what is missing is left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, data, attributes, ...properties }: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === "number" ? String(child) : child);
  }
  // After the children: the value of a select is one of its options.
  Object.assign(element, properties);
  return element;
}

/** A pictogram of ours: strokes on a grid of 24. */
export function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const stroke = document.createElementNS(space, "path");
  stroke.setAttribute("d", path);
  svg.append(stroke);
  return svg;
}

export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat("en", { style: "currency", currency, maximumFractionDigits: 0 }).format(amount);
}

const day = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hour12: false });

/** Today only the time, else the day too. */
export function when(seconds: number): string {
  const date = new Date(seconds * 1000);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? `Today ${clock.format(date)}` : `${day.format(date)} ${clock.format(date)}`;
}
