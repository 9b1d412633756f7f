import { signal } from "@preact/signals";

/** What shows a terminal: xterm and SSH, which are loaded when they are needed first. */
export const loaded = signal<Pick<typeof import("./panel.tsx"), "Panel"> | "failed" | undefined>(undefined);

/** Loads what a terminal needs. A page that offers to connect calls it, so that nobody waits for it afterwards. */
export function prepareTerminal(): void {
  if (loaded.peek() !== undefined && loaded.peek() !== "failed") return;
  import("./panel.tsx").then(
    ({ Panel }) => {
      loaded.value = { Panel };
    },
    () => {
      loaded.value = "failed";
    },
  );
}
