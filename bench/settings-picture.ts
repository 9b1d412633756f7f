import type { SettingTimes } from "./memory-settings.ts";
import type { Summary } from "./statistics.ts";
import { at, rule, svg, text } from "./svg.ts";

const [width, height] = [860, 380];
const area = { left: 70, right: 830, top: 50, bottom: 310 };

const lines = [
  { name: "cold", title: "cold, share from the start", stroke: "tls" },
  { name: "coldWithBoost", title: "cold, loads with a core", stroke: "load dashed" },
  { name: "warm", title: "warm", stroke: "own" },
] as const;

/** A picture of times against Lambda's memory. @param dollars a million requests, for each setting. */
export function settingsPicture(title: string, settings: readonly SettingTimes[], dollars: readonly number[]): string {
  const most = Math.max(...settings.flatMap(({ cold, coldWithBoost }) => [cold.high, coldWithBoost.high]));
  const step = [50, 100, 200, 250, 500].find((each) => most / each <= 8) ?? 1000;
  const ceiling = Math.ceil(most / step) * step;
  const xOf = (index: number) => area.left + 40 + (index * (area.right - area.left - 80)) / (settings.length - 1);
  const yOf = (value: number) => area.bottom - (value / ceiling) * (area.bottom - area.top);
  const grid = Array.from({ length: ceiling / step + 1 }, (_, index) => index * step).flatMap((value) => [
    rule([area.left, yOf(value)], [area.right, yOf(value)]),
    text(area.left - 8, yOf(value) + 4, `${value}`, { classes: "small end" }),
  ]);
  const drawn = lines.flatMap(({ name, title: told, stroke }, line) => {
    const points = settings.map((setting, index) => `${at(xOf(index))},${at(yOf(setting[name].median))}`).join(" ");
    const [x, y] = [area.right - 190, area.top + 14 + 20 * line];
    const classes = stroke.split(" ").map((each, index) => (index === 0 ? `stroke-${each}` : each));
    return [
      `<polyline points="${points}" class="line ${classes.join(" ")}"/>`,
      ...settings.map((setting, index) => whisker(xOf(index), setting[name], { yOf, stroke: classes[0] ?? "" })),
      // More memory takes no longer, so that lines leave this corner free.
      `<polyline points="${x - 40},${y - 4} ${x - 10},${y - 4}" class="line ${classes.join(" ")}"/>`,
      text(x, y, told),
    ];
  });
  const axis = settings.flatMap(({ mebibytes, cores }, index) => [
    text(xOf(index), area.bottom + 20, `${mebibytes} MiB`, { classes: "middle strong" }),
    text(xOf(index), area.bottom + 37, `${cores.toFixed(2)} cores`, { classes: "small middle" }),
    text(xOf(index), area.bottom + 53, `$${dollars[index]?.toFixed(2)} a million`, { classes: "small middle" }),
  ]);
  const told = settings.map(
    ({ mebibytes, cold, coldWithBoost, warm }) =>
      `${mebibytes} MiB: ${[cold, coldWithBoost, warm].map(({ median }) => `${median.toFixed(0)} ms`).join(", ")}`,
  );
  return svg({
    title,
    description: `Milliseconds of a cold request, of one that loads with a whole core, and of a warm one. ${told.join(". ")}.`,
    ...{ width, height },
    content: [
      text(12, 24, title, { classes: "strong" }),
      text(area.left - 8, area.top - 10, "ms", { classes: "small end" }),
      ...[...grid, ...drawn, ...axis],
    ],
  });
}

/** The quartiles. */
function whisker(
  x: number,
  { low, high }: Summary,
  { yOf, stroke }: { readonly yOf: (value: number) => number; readonly stroke: string },
): string {
  return `<line x1="${at(x)}" x2="${at(x)}" y1="${at(yOf(low))}" y2="${at(yOf(high))}" class="line ${stroke}"/>`;
}
