/**
 * Stands in for the kit's hook of the same name, which adds a style element to the page's head for each theme and
 * leaves it there. Ours only names the class; its rule is part of our style sheet.
 */
export function useThemeClassName(theme: object): string {
  let name = names.get(theme);
  if (!name) {
    name = themeClass(theme);
    names.set(theme, name);
  }
  return name;
}

const names = new WeakMap<object, string>();

/** The same for equal themes, at build time and in the page. */
export function themeClass(theme: object): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(theme)) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return `dsc-kit-${(hash >>> 0).toString(36)}`;
}
