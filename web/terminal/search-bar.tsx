import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Screen } from "./screen.ts";

/** Searches what the terminal has shown. Enter finds the one before, as most is at the end; Shift-Enter the next. */
export function SearchBar({ screen, onClose }: { readonly screen: Screen; readonly onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const found = useSignal("");
  // At once: the next key is for it.
  useLayoutEffect(() => input.current?.focus(), []);
  const find = (direction: "next" | "previous") => {
    const text = input.current?.value ?? "";
    found.value = text === "" || screen.find(text, direction) ? "" : "Not found";
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    if (event.key === "Enter") find(event.shiftKey ? "next" : "previous");
  };
  return (
    <search class="search">
      <input ref={input} type="search" aria-label="Search the terminal" onKeyDown={press} />
      <button type="button" onClick={() => find("previous")}>
        Previous
      </button>
      <button type="button" onClick={() => find("next")}>
        Next
      </button>
      <button type="button" class="quiet" onClick={onClose}>
        Close the search
      </button>
      <span role="status">{found.value}</span>
    </search>
  );
}
