import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { type ILinkHandler, Terminal } from "@xterm/xterm";
import type { WindowSize } from "../ssh/terminal-requests.ts";
import { actionOf, isPasteChord } from "./chords.ts";
import type { Output } from "./session-runner.ts";
import { cleanPaste, cleanTitle, linkTarget, needsQuestion } from "./terminal-text.ts";
import { followTheme } from "./theme.ts";

/** Lines that can be scrolled back to: a few megabytes. */
const scrollback = 5000;
/** The other screen, the mouse, bracketed paste and the hidden cursor; then what DECSTR resets. */
const leaveModes = "\u001b[?1047;1000;1002;1003;1006;2004l\u001b[?25h\u001b[!p\r\n";
const fontSizes = { smallest: 9, usual: 14, largest: 28 } as const;

export interface ScreenHandlers {
  readonly onInput: (input: Uint8Array) => void;
  readonly onResize: (size: WindowSize) => void;
  /** @param title cleaned */
  readonly onTitle: (title: string) => void;
  /** The target of the link under the pointer; undefined when there is none. */
  readonly onLink: (target: string | undefined) => void;
  /** Asks whether lines shall be pasted into a program that would run them at once. */
  readonly askPaste: (text: string) => void;
  /** Whether Tab is the shell's. */
  readonly takesTab: () => boolean;
}

/** A terminal's screen: xterm, and what must hold of it. */
export class Screen implements Output {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #ends: (() => void)[] = [];

  constructor(container: HTMLElement, handlers: ScreenHandlers) {
    const links = linkHandler(handlers);
    this.#terminal = new Terminal({
      scrollback,
      fontSize: fontSizes.usual,
      fontFamily: getComputedStyle(container).getPropertyValue("--mono"),
      minimumContrastRatio: 4.5, // WCAG 2.2, 1.4.3
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      linkHandler: links,
      logLevel: "off",
    });
    const terminal = this.#terminal;
    for (const addon of [this.#fit, this.#search]) terminal.loadAddon(addon);
    terminal.loadAddon(
      new WebLinksAddon(links.activate as (event: MouseEvent, uri: string) => void, {
        hover: (_, uri) => handlers.onLink(linkTarget(uri)),
        leave: () => handlers.onLink(undefined),
      }),
    );
    terminal.open(container);
    this.#ends.push(followTheme((theme) => (terminal.options.theme = theme)));
    const encoder = new TextEncoder();
    terminal.onData((text) => handlers.onInput(encoder.encode(text)));
    terminal.onBinary((text) => handlers.onInput(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    terminal.onResize(({ cols: columns, rows }) => handlers.onResize({ columns, rows }));
    terminal.onTitleChange((title) => handlers.onTitle(cleanTitle(title)));
    terminal.attachCustomKeyEventHandler((event) => this.#isOfShell(event, handlers));
    container.addEventListener("paste", (event) => this.#paste(event, handlers), { capture: true });
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(container);
    this.#ends.push(() => observer.disconnect());
    this.fit();
  }

  get size(): WindowSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  write(output: Uint8Array, shown: () => void): void {
    this.#terminal.write(output, shown);
  }

  /** Leaves the modes of a program that did not end by itself: the next shell begins on a line of its own. */
  leaveModes(): void {
    this.#terminal.write(leaveModes);
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Fills its place. While it is hidden it has none. */
  fit(): void {
    if (this.#terminal.element?.offsetParent) this.#fit.fit();
  }

  paste(text: string): void {
    this.#terminal.paste(text);
    this.focus();
  }

  find(text: string, direction: "next" | "previous"): boolean {
    return direction === "next" ? this.#search.findNext(text) : this.#search.findPrevious(text);
  }

  zoom(by: 1 | -1): void {
    const { smallest, usual, largest } = fontSizes;
    const { fontSize = usual } = this.#terminal.options;
    this.#terminal.options.fontSize = Math.min(largest, Math.max(smallest, fontSize + by));
    this.fit();
  }

  set isRead(isRead: boolean) {
    this.#terminal.options.screenReaderMode = isRead;
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#terminal.dispose();
  }

  /** Whether the shell gets a key. What moves the focus is the panel's, which gets it next. */
  #isOfShell(event: KeyboardEvent, { takesTab }: ScreenHandlers): boolean {
    if (isPasteChord(event) || (event.code === "Tab" && !takesTab())) return false;
    const action = actionOf(event);
    if (action === undefined) return true;
    event.preventDefault();
    if (event.type !== "keydown") return false;
    if (action === "larger" || action === "smaller") this.zoom(action === "larger" ? 1 : -1);
    if (action === "copy") void navigator.clipboard.writeText(this.#terminal.getSelection()).catch(() => {});
    return false;
  }

  #paste(event: ClipboardEvent, { askPaste }: ScreenHandlers): void {
    event.preventDefault();
    event.stopPropagation();
    const text = cleanPaste(event.clipboardData?.getData("text/plain") ?? "");
    if (needsQuestion(text, this.#terminal.modes.bracketedPasteMode)) askPaste(text);
    else this.#terminal.paste(text);
  }
}

/** A link says where it leads, and opens by Ctrl-click or Cmd-click alone. */
function linkHandler({ onLink }: ScreenHandlers): ILinkHandler {
  return {
    activate(event, uri) {
      const target = linkTarget(uri);
      if (target !== undefined && (event.ctrlKey || event.metaKey)) open(target, "_blank", "noopener,noreferrer");
    },
    hover: (_, uri) => onLink(linkTarget(uri)),
    leave: () => onLink(undefined),
  };
}
