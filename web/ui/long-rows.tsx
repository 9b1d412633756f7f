import type { ComponentChild } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import "./long-rows.css";

interface LongRowsProps<Item> {
  /** The items in their order, in parts of some ten. A part that stays the same is not rendered again. */
  readonly chunks: readonly (readonly Item[])[];
  /** A `<tr>`. The function must stay the same while its outcome does. @param index from 0, in the whole list */
  readonly row: (item: Item, index: number) => ComponentChild;
}

/**
 * The bodies of a table that may have thousands of rows: those far from the screen are one empty row each, as high as they were.
 * The table has the class `rows`; its head says how wide the columns are.
 */
export function LongRows<Item>({ chunks, row }: LongRowsProps<Item>) {
  let first = 0;
  return (
    <>
      {chunks.map((items, number) => {
        const start = first;
        first += items.length;
        return <Chunk key={number} items={items} first={start} row={row} />;
      })}
    </>
  );
}

/** Pixels of a row that was not shown yet. */
const usualHeight = 56;

interface ChunkProps<Item> extends Pick<LongRowsProps<Item>, "row"> {
  readonly items: readonly Item[];
  readonly first: number;
}

function Chunk<Item>({ items, first, row }: ChunkProps<Item>) {
  const element = useRef<HTMLTableSectionElement>(null);
  const [isNear, setNear] = useState(first === 0);
  const height = useRef<number>(undefined);
  useEffect(() => {
    const body = element.current;
    if (body === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        // The focus would be lost with its row.
        if (entry === undefined || (!entry.isIntersecting && body.contains(document.activeElement))) return;
        if (!entry.isIntersecting) height.current = entry.boundingClientRect.height;
        setNear(entry.isIntersecting);
      },
      { rootMargin: "1200px" },
    );
    observer.observe(body);
    return () => observer.disconnect();
  }, []);
  const rows = useMemo(
    () => (isNear ? items.map((item, index) => row(item, first + index)) : null),
    [items, first, row, isNear],
  );
  return (
    <tbody ref={element}>
      {rows ?? (
        <tr class="gap">
          <td style={{ height: `${height.current ?? items.length * usualHeight}px` }} />
        </tr>
      )}
    </tbody>
  );
}

/** Arrow keys move from row to row: to the first link of each. For a table's `onKeyDown`. */
export function moveBetweenRows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof Element) || event.target.matches("input, select, textarea"))
    return;
  const rows = [...(event.currentTarget as Element).querySelectorAll("tbody tr:not(.gap)")];
  const at = rows.findIndex((row) => row.contains(event.target as Element));
  const link = rows[at + step]?.querySelector<HTMLElement>("a, button");
  if (link === null || link === undefined) return;
  event.preventDefault();
  link.focus();
}
