/** The slope of the straight line that is nearest to the points, by least squares. */
export function slopeOf(points: readonly { x: number; y: number }[]): number {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spread = mean(points.map(({ x }) => (x - meanX) ** 2));
  if (spread === 0) return 0;
  return mean(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / spread;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
