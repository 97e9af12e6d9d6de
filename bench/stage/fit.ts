/** The exponent with which `y` grows with `x`: the slope of the straight line through their logarithms, by least squares. */
export function growthExponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: 0 | 1) => logs.reduce((sum, point) => sum + point[of], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const along = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / along;
}
