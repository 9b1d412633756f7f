import "../ssh/buffer.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { now } from "../ui/now.ts";
import { saveFile } from "../ui/save-file.ts";
import { actionOf } from "./chords.ts";
import { Files } from "./files.tsx";
import { HostKeyQuestion } from "./host-key-question.tsx";
import { Outcome } from "./outcome.tsx";
import { PasteQuestion } from "./paste-question.tsx";
import { Progress } from "./progress.tsx";
import { Screen } from "./screen.ts";
import { SearchBar } from "./search-bar.tsx";
import { SessionRunner } from "./session-runner.ts";
import { sessions, type TerminalSession } from "./sessions.ts";
import { shorten } from "./terminal-text.ts";
import { Toolbar } from "./toolbar.tsx";
import { Transfers } from "./transfers.ts";

interface Parts {
  readonly screen: Screen;
  readonly runner: SessionRunner;
  readonly transfers: Transfers;
}

interface PanelProps {
  readonly session: TerminalSession;
  readonly isShown: boolean;
}

/** One terminal: its facts and tools, what is to be said of it, and its screen. */
export function Panel({ session, isShown }: PanelProps) {
  const { number, options, state, title } = session;
  const container = useRef<HTMLDivElement>(null);
  const tools = useRef<HTMLDivElement>(null);
  const parts = useSignal<Parts | undefined>(undefined);
  const link = useSignal<string | undefined>(undefined);
  const pasted = useSignal<string | undefined>(undefined);
  const isSearching = useSignal(false);
  const hasFiles = useSignal(false);
  const wasConnected = useSignal(false);

  useEffect(() => {
    if (container.current === null) return;
    let runner: SessionRunner | undefined;
    const screen = new Screen(container.current, {
      onInput: (input) => runner?.send(input),
      onResize: (size) => runner?.resize(size),
      onTitle: (text) => (title.value = text),
      onLink: (target) => (link.value = target),
      askPaste: (text) => (pasted.value = text),
      takesTab: () => state.peek().is === "connected",
    });
    const started = new SessionRunner({ options, state, output: screen });
    runner = started;
    const save = (name: string, content: Blob) => saveFile({ name, type: "application/octet-stream", content });
    const transfers = new Transfers({ open: () => started.openFiles(), save });
    parts.value = { screen, runner, transfers };
    runner.start();
    return () => {
      runner.close();
      screen.dispose();
    };
  }, []);

  const { is } = state.value;
  useEffect(() => {
    if (!isShown) return;
    parts.value?.screen.fit();
    if (is !== "connected") return;
    wasConnected.value = true;
    // Who waits for the prompt types next.
    parts.value?.screen.focus();
  }, [isShown, is]);

  const { screen, runner, transfers } = parts.value ?? {};
  const drop = (event: DragEvent) => {
    event.preventDefault();
    if (is !== "connected" || !transfers) return;
    hasFiles.value = true;
    for (const file of event.dataTransfer?.files ?? []) void transfers.upload(file);
  };
  const move = (event: KeyboardEvent) => {
    const action = actionOf(event);
    if (action === "leave") tools.current?.querySelector("button")?.focus();
    else if (action === "search") isSearching.value = true;
    else if (typeof action === "object") focusTab(action.tab);
    else return;
    event.preventDefault();
  };
  const reconnect = () => {
    screen?.leaveModes();
    transfers?.forgetSession();
    runner?.start();
  };
  return (
    <div
      role="tabpanel"
      id={`panel-${number}`}
      aria-labelledby={`tab-${number}`}
      class="session"
      hidden={!isShown}
      onKeyDown={move}
      onDrop={drop}
    >
      <Toolbar
        session={session}
        screen={screen}
        onReconnect={reconnect}
        onSearch={() => (isSearching.value = true)}
        hasFiles={hasFiles}
        bar={tools}
      />
      {state.value.is === "connecting" ? <Progress state={state.value} at={now.value.getTime()} /> : null}
      {state.value.is === "asking" && runner ? (
        <HostKeyQuestion state={state.value} options={options} runner={runner} />
      ) : null}
      <Outcome session={session} onReconnect={reconnect} />
      {hasFiles.value && transfers ? <Files transfers={transfers} /> : null}
      {isSearching.value && screen ? (
        <SearchBar
          screen={screen}
          onClose={() => {
            isSearching.value = false;
            screen.focus();
          }}
        />
      ) : null}
      <div ref={container} class="screen" hidden={is === "failed" && !wasConnected.value} />
      <p class="hint" aria-live="polite">
        {link.value === undefined ? (
          <>
            <kbd>Ctrl-Shift-E</kbd> leaves the terminal
          </>
        ) : (
          <>
            Ctrl-click opens <bdi>{shorten(link.value)}</bdi>
          </>
        )}
      </p>
      {pasted.value === undefined || !screen ? null : (
        <PasteQuestion
          text={pasted.value}
          onDecision={(isWanted) => {
            const text = pasted.value ?? "";
            pasted.value = undefined;
            if (isWanted) screen.paste(text);
            else screen.focus();
          }}
        />
      )}
    </div>
  );
}

/** @param place 1 for the first tab */
function focusTab(place: number): void {
  const target = sessions.peek()[place - 1];
  if (target) document.getElementById(`tab-${target.number}`)?.click();
}
