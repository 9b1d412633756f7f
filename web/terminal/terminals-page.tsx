import { useEffect, useRef } from "preact/hooks";
import { instancesLink, terminalLink } from "../ui/links.ts";
import { now } from "../ui/now.ts";
import { loaded, prepareTerminal } from "./prepare.ts";
import { nameOf } from "./session-options.ts";
import { wordsFor } from "./session-words.ts";
import { openSessions, sessions, type TerminalSession } from "./sessions.ts";
import "./terminal.css";

interface TerminalsProps {
  /** They stay where they are, and open, while another page is shown. */
  readonly isShown: boolean;
  readonly number: number | undefined;
}

/** All open terminals, one of them shown. */
export function Terminals({ isShown, number }: TerminalsProps) {
  const all = sessions.value;
  const selected = all.find((session) => session.number === number) ?? all.at(-1);
  const isNeeded = all.length > 0;
  useEffect(() => {
    if (isNeeded) prepareTerminal();
  }, [isNeeded]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (openSessions.peek() > 0) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
  return (
    <div class="terminals" hidden={!isShown}>
      {isShown ? <h1>Terminals</h1> : null}
      {selected ? (
        <TabList all={all} selected={selected} />
      ) : (
        <p class="empty">
          No terminal is open. Choose an <a href={instancesLink()}>instance</a> and press Connect.
        </p>
      )}
      <Panels all={all} shown={isShown ? selected : undefined} />
    </div>
  );
}

function Panels({
  all,
  shown,
}: {
  readonly all: readonly TerminalSession[];
  readonly shown: TerminalSession | undefined;
}) {
  const panel = loaded.value;
  if (panel === undefined) return all.length > 0 ? <p role="status">Loading the terminal…</p> : null;
  if (panel === "failed") {
    return (
      <div class="problem" role="alert">
        <h2>The terminal could not be loaded</h2>
        <p>The network may be gone, or the console was updated meanwhile. Nothing was pushed.</p>
        <button type="button" onClick={prepareTerminal}>
          Try again
        </button>
      </div>
    );
  }
  return all.map((session) => <panel.Panel key={session.number} session={session} isShown={session === shown} />);
}

interface TabListProps {
  readonly all: readonly TerminalSession[];
  readonly selected: TerminalSession;
}

/** Arrow keys, Home and End move between tabs, as they do in any list of tabs. */
function TabList({ all, selected }: TabListProps) {
  const move = (event: KeyboardEvent) => {
    const index = all.indexOf(selected);
    const moves: Readonly<Record<string, number>> = {
      ...{ ArrowRight: (index + 1) % all.length, ArrowLeft: (index - 1 + all.length) % all.length },
      ...{ Home: 0, End: all.length - 1 },
    };
    const target = all[moves[event.key] ?? -1];
    if (target === undefined) return;
    event.preventDefault();
    show(target);
    document.getElementById(`tab-${target.number}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Open terminals" onKeyDown={move}>
      {all.map((session) => (
        <Tab key={session.number} session={session} isSelected={session === selected} />
      ))}
    </div>
  );
}

function Tab({ session, isSelected }: { readonly session: TerminalSession; readonly isSelected: boolean }) {
  const { number, options, state, title } = session;
  const element = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isSelected) element.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isSelected]);
  const { word, tone } = wordsFor(state.value, now.value.getTime());
  return (
    <button
      ref={element}
      type="button"
      role="tab"
      id={`tab-${number}`}
      aria-controls={`panel-${number}`}
      aria-selected={isSelected}
      tabIndex={isSelected ? 0 : -1}
      onClick={() => show(session)}
    >
      <span class={`state ${tone}`}>
        {number} <bdi>{nameOf(options)}</bdi>
      </span>
      <span class="hint">
        {word}
        {title.value ? (
          <>
            {" · "}
            <bdi>{title.value}</bdi>
          </>
        ) : null}
      </span>
    </button>
  );
}

/** Moves between terminals leave no trace in the browser's history. */
const show = ({ number }: TerminalSession) => location.replace(terminalLink(number));
