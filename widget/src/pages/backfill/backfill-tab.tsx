export function BackfillTab() {
  return null;
}
