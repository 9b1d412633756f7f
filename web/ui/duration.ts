/** Seconds as people say them, in at most two units: `45 s`, `1 min 5 s`, `2 h 5 min`, `3 d 4 h`. */
export function showDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const units = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
