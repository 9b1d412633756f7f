import { type Lane, totalOf } from "./lanes.ts";
import { box, rule, svg, text } from "./svg.ts";

const [width, left, right] = [860, 250, 60];
const [top, laneHeight, barHeight] = [44, 34, 22];

/** A picture of a request: a lane for each kind of work, against milliseconds. */
export function timelinePicture(title: string, lanes: readonly Lane[], total: number): string {
  const scale = (width - left - right) / total;
  const bottom = top + lanes.length * laneHeight;
  const step = [10, 20, 50, 100, 200].find((each) => total / each <= 10) ?? 500;
  const ticks = Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
  const grid = ticks.flatMap((tick) => {
    const x = left + tick * scale;
    return [rule([x, top - 6], [x, bottom]), text(x, bottom + 16, `${tick}`, { classes: "small middle" })];
  });
  const rows = lanes.flatMap((lane, index) => {
    const y = top + index * laneHeight;
    const bars = lane.bars.flatMap(({ labels, from, to }) => {
      const [x, wide] = [left + from * scale, Math.max((to - from) * scale, 1)];
      const tip = `${labels[0] ?? lane.title}: ${(to - from).toFixed(1)} ms`;
      const drawn = box({ x, y, width: wide, height: barHeight }, lane.fill, tip);
      // About seven pixels a letter.
      const label = labels.find(({ length }) => length * 6.4 + 8 < wide);
      return label ? [drawn, text(x + 5, y + 15, label, { classes: "small on" })] : [drawn];
    });
    return [
      text(left - 12, y + 15, lane.title, { classes: "end" }),
      ...bars,
      text(width - right + 8, y + 15, `${totalOf(lane).toFixed(0)} ms`, { classes: "small" }),
    ];
  });
  const told = lanes.map((lane) => `${lane.title} ${totalOf(lane).toFixed(0)} ms`).join(", ");
  return svg({
    title,
    description: `${total.toFixed(0)} milliseconds in all, some of it at the same time: ${told}.`,
    ...{ width, height: bottom + 30 },
    content: [
      text(12, 22, `${title}: ${total.toFixed(0)} ms`, { classes: "strong" }),
      ...grid,
      ...rows,
      text(width - right + 8, bottom + 16, "ms", { classes: "small" }),
    ],
  });
}
