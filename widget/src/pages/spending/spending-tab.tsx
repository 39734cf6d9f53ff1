export function SpendingTab() {
  return null;
}
