import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

/** What is made only once somebody opens it. */
export function Disclosure({
  summary,
  children,
}: {
  readonly summary: string;
  readonly children: () => ComponentChildren;
}) {
  const isOpen = useSignal(false);
  return (
    <details
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{summary}</summary>
      {isOpen.value ? children() : null}
    </details>
  );
}
