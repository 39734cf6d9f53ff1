/** Sets what the palette and the widgets' kit go by. */
export function setTheme(theme: "light" | "dark"): void {
  const { dataset } = document.documentElement;
  if (theme === "dark") {
    dataset.colorScheme = "dark";
    dataset.crmUiKitTheme = "alternative";
  } else {
    delete dataset.colorScheme;
    delete dataset.crmUiKitTheme;
  }
}
