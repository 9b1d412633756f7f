import { type Signal, useSignal } from "@preact/signals";
import type { Ref } from "preact";
import { showDuration } from "../ui/duration.ts";
import { instanceLink } from "../ui/links.ts";
import { now } from "../ui/now.ts";
import { State } from "../ui/state.tsx";
import { chords } from "./chords.ts";
import { limitsOf } from "./limits.ts";
import type { Screen } from "./screen.ts";
import { nameOf } from "./session-options.ts";
import { wordsFor } from "./session-words.ts";
import { closeSession, type TerminalSession } from "./sessions.ts";

interface ToolbarProps {
  readonly session: TerminalSession;
  readonly screen: Screen | undefined;
  readonly onReconnect: () => void;
  readonly onSearch: () => void;
  /** Whether the part for files is shown. */
  readonly hasFiles: Signal<boolean>;
  readonly bar: Ref<HTMLDivElement>;
}

/** Who is connected where, for how long, and what can be done with the terminal. */
export function Toolbar({ session, screen, onReconnect, onSearch, hasFiles, bar }: ToolbarProps) {
  const { options, state } = session;
  const isRead = useSignal(false);
  const at = now.value.getTime();
  const { word, tone } = wordsFor(state.value, at);
  const facts = "facts" in state.value ? state.value.facts : undefined;
  const read = () => {
    isRead.value = !isRead.value;
    if (screen) screen.isRead = isRead.value;
  };
  return (
    <div class="terminal-bar" ref={bar}>
      <p>
        <State tone={tone}>{word}</State> <bdi>{facts?.user ?? options.osUser}</bdi>{" "}
        <a href={instanceLink(options)}>
          <bdi>{nameOf(options)}</bdi>
        </a>{" "}
        {limitsOf(state.value, at).map(({ name, seconds }) => (
          <span key={name} class="limit countdown">
            {name} {showDuration(seconds)}
          </span>
        ))}
      </p>
      <div class="tools">
        {state.value.is === "connecting" ? (
          <button type="button" class="quiet" onClick={() => closeSession(session)}>
            Cancel
          </button>
        ) : null}
        {state.value.is === "connected" ? (
          <button type="button" class="quiet" onClick={onReconnect}>
            Reconnect
          </button>
        ) : null}
        <button type="button" class="quiet" onClick={onSearch}>
          Search
        </button>
        {state.value.is === "connected" ? (
          <button
            type="button"
            class="quiet"
            aria-pressed={hasFiles.value}
            onClick={() => {
              hasFiles.value = !hasFiles.value;
            }}
          >
            Files
          </button>
        ) : null}
        <button type="button" class="quiet" onClick={() => screen?.zoom(-1)}>
          Smaller
        </button>
        <button type="button" class="quiet" onClick={() => screen?.zoom(1)}>
          Larger
        </button>
        <button type="button" class="quiet" aria-pressed={isRead.value} onClick={read}>
          Screen reader
        </button>
        <details
          onKeyDown={({ key, currentTarget }) => {
            if (key === "Escape") currentTarget.open = false;
          }}
          onFocusOut={({ relatedTarget, currentTarget }) => {
            // Who goes on to type has read it, and it would lie over the screen.
            if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) currentTarget.open = false;
          }}
        >
          <summary>Keys</summary>
          <dl>
            {chords.map(([keys, what]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </details>
        <button type="button" class="quiet" onClick={() => closeSession(session)}>
          Close
        </button>
      </div>
    </div>
  );
}
