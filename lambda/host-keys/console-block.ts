import { type HostKeyLine, readHostKeyLine } from "../../ssh-format/host-key-line.ts";

/** Characters: four times what EC2 keeps of a console, so only a response that is not EC2's is longer. */
const mostCharacters = 256 * 1024;

const begin = "-----BEGIN SSH HOST KEY KEYS-----";
const end = "-----END SSH HOST KEY KEYS-----";
/** A fragment of a marker that other output has split. Nothing else on a console contains it. */
const ofMarker = /SSH HOST KEY K|KEYS-----/;

/**
 * The possible prefixes of a line; all lines of a block must have the same. None (cloud-init writes to the console itself),
 * the tag of `logger --stderr` (old versions omit priority and time), or systemd's prefix for the console output of a
 * service.
 */
const prefixes =
  /^(?:(?:ec2|ci-info|cloud-init): |<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:ec2|cloud-init): |\[ {0,7}\d{1,8}\.\d{1,6}\] cloud-init\[\d{1,10}\]: )/;
/** The part of a prefix that differs between lines: the time. */
const times = /(?<=^\[)[ \d.]+(?=\])|\d\d:\d\d:\d\d/;

/** A key as its .pub file has it, in printable ASCII: no escape sequence, no NUL, no lone CR. Its comment is one word. */
const keyLine = /^[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}(?: [!-~]*)?$/;

/**
 * How the kernel (perhaps with the thread or processor that wrote it) or systemd begins a line. Both write to the console while
 * cloud-init does, even into the middle of its lines.
 */
const interruption =
  /(?:<\d{1,3}>)?\[ {0,7}\d{1,8}\.\d{1,6}\](?:\[ *[TC]\d{1,10}\])? |systemd\[1\]: | {9}(?:[^ -~]\[[\d;]{0,9}m)?[A-Z]|\[(?:[^ -~]\[[\d;]{0,9}m)?(?: {2}OK {2}|FAILED|DEPEND| TIME | WARN | INFO | SKIP )(?:[^ -~]\[[\d;]{0,9}m)?\] /;
/** How the base64 of every SSH key begins. */
const ofKey = /AAAA/;

/** Why a console's output is rejected as a whole. */
export type ConsoleRefusal =
  | "overlong"
  | "beginning-cut-off"
  | "stray-marker"
  | "nested-block"
  | "not-a-host-key"
  | "repeated-type"
  | "different-comments"
  | "conflicting-blocks";

/** Why a console shows no host keys yet. */
export type ConsolePending = "no-block" | "unfinished-block" | "torn-block";

/** The host keys on a console: keys, none yet, or output that is rejected. */
export type ConsoleReading =
  | { readonly keys: readonly HostKeyLine[] }
  | { readonly pending: ConsolePending }
  | { readonly refused: ConsoleRefusal };

/**
 * Reads the host keys that cloud-init prints on an instance's console at its first boot, between `BEGIN SSH HOST KEY KEYS` and
 * `END SSH HOST KEY KEYS` (cloud-init's `write-ssh-key-fingerprints`). It never throws.
 *
 * Anyone who can write to the console can write such a block, elsewhere or inside the genuine one, and the text does not show
 * who wrote what. So the output is accepted or rejected as a whole:
 * - Each block must be complete and contain only host keys, one of each kind (Ed25519, ECDSA, RSA: `ssh-keygen -A`
 *   makes no two of a kind), under one prefix. Any other line makes the whole output invalid.
 * - A line of the kernel or systemd within a block, or within one of its lines, tears it: no keys are accepted, but it is no
 *   sign of an attack, if what remains without that line is a block of host keys.
 * - All keys of a block must have the same comment, of one word or none, as `ssh-keygen` writes it. Text that is written into the
 *   middle of a key makes another key of the line, and the rest of the genuine one becomes its comment. Some such keys can be
 *   forged: of an RSA key whose last characters are exchanged, the factors may be known.
 * - An RSA key counts only if there is no other. Text before its modulus makes it a longer key, whose factors may be
 *   known too, and leaves the comment as it is. Keys of the other kinds have a fixed length.
 * - All blocks must have the same keys in the same order (a console may show cloud-init's output twice).
 * - A split or quoted marker, or the end of a block whose beginning EC2 no longer has, makes the output invalid: it may be what
 *   is left of the genuine block.
 *
 * So an attacker who writes beside a genuine block can prevent keys from being captured, but cannot add any; within it
 * neither, if it has keys of all kinds, as cloud-init prints by default. To a block that lacks a kind they can add a
 * line with a key of it. Whether a single block is genuine remains unknown. It may be the attacker's if the genuine one
 * was never printed (later boots, images without cloud-init), is not printed yet, or is no longer in the 64 KB that EC2
 * keeps. Hence `capture` accepts only a first boot, captured keys are trusted less than registered ones, and none ever
 * replaces another.
 *
 * @param text one character a byte. A line counts once it has ended: with LF, after up to two CRs, because a terminal adds one.
 */
export function readConsoleBlock(text: string): ConsoleReading {
  if (text.length > mostCharacters) return { refused: "overlong" };
  let keys: readonly HostKeyLine[] | undefined;
  let open: Block | undefined;
  let isTorn = false;
  /** The beginning of a line that another one has cut in two. */
  let head = "";
  for (const ended of text.split("\n").slice(0, -1)) {
    const line = head + ended.replace(/\r{1,2}$/, "");
    const isJoined = head !== "";
    head = "";
    const { prefix, rest } = splitLine(line);
    const cut = interruptedAt(rest);
    if (rest === begin) {
      if (open) return { refused: "nested-block" };
      open = { prefix, lines: [] };
      isTorn ||= isJoined;
    } else if (rest === end) {
      if (!open) return { refused: "beginning-cut-off" };
      const block = readKeys(open, prefix);
      if ("refused" in block) return block;
      if (keys && !isSame(keys, block.keys)) return { refused: "conflicting-blocks" };
      [keys, open] = [block.keys, undefined];
    } else if (cut !== undefined && (open || isBeginOfMarker(rest.slice(0, cut)))) {
      head = line.slice(0, line.length - rest.length + cut);
      isTorn ||= open !== undefined;
      if (open && head === "") head = takeUnfinished(open);
    } else if (ofMarker.test(line)) {
      return { refused: "stray-marker" };
    } else if (open) {
      open.lines.push(line);
    }
  }
  if (open) return { pending: "unfinished-block" };
  if (isTorn) return { pending: "torn-block" };
  return keys && keys.length > 0 ? { keys: ofFixedLength(keys) } : { pending: "no-block" };
}

interface Block {
  readonly prefix: string;
  /** With their prefixes. */
  readonly lines: string[];
}

/** The prefix without its time, so that those of two lines can be compared. */
function splitLine(line: string): { prefix: string; rest: string } {
  const prefix = prefixes.exec(line)?.[0] ?? "";
  return { prefix: prefix.replace(times, ""), rest: line.slice(prefix.length) };
}

/** Where the kernel or systemd goes on with a line, unless what it says could be a part of a block. */
function interruptedAt(rest: string): number | undefined {
  const at = interruption.exec(rest)?.index;
  return at === undefined || ofKey.test(rest.slice(at)) || ofMarker.test(rest.slice(at)) ? undefined : at;
}

/** Whether a line, cut off here, may have been the beginning of a block, and of nothing else. */
const isBeginOfMarker = (head: string) => head.length > "-----BEGIN ".length && begin.startsWith(head);

/** Takes the last line out of a block if it is no key: an interruption may have ended it too early. */
function takeUnfinished({ prefix, lines }: Block): string {
  const last = lines.at(-1);
  return last === undefined || readKey(last, prefix) ? "" : (lines.pop() ?? "");
}

function readKey(line: string, prefixOfBlock: string): HostKeyLine | undefined {
  const { prefix, rest } = splitLine(line);
  const read = prefix === prefixOfBlock && keyLine.test(rest) ? readHostKeyLine(rest) : undefined;
  return read && "key" in read ? read : undefined;
}

const commentOf = (line: string) => splitLine(line).rest.split(" ")[2] ?? "";

/** @param prefixOfEnd which must be that of the block. */
function readKeys(
  { prefix, lines }: Block,
  prefixOfEnd: string,
): { keys: readonly HostKeyLine[] } | { refused: ConsoleRefusal } {
  const read = lines.map((line) => readKey(line, prefix));
  const keys = read.filter((key) => key !== undefined);
  if (prefixOfEnd !== prefix || keys.length < read.length) return { refused: "not-a-host-key" };
  if (new Set(keys.map(kindOf)).size < keys.length) return { refused: "repeated-type" };
  return new Set(lines.map(commentOf)).size > 1 ? { refused: "different-comments" } : { keys };
}

/** ECDSA is one kind, on any curve. */
const kindOf = ({ key }: HostKeyLine) => key.split(" ")[0]?.replace(/^ecdsa-.*/, "ecdsa");

/** All keys but RSA, if there are others. */
function ofFixedLength(keys: readonly HostKeyLine[]): readonly HostKeyLine[] {
  const others = keys.filter((key) => kindOf(key) !== "ssh-rsa");
  return others.length > 0 ? others : keys;
}

function isSame(one: readonly HostKeyLine[], other: readonly HostKeyLine[]): boolean {
  return one.length === other.length && one.every(({ key }, index) => key === other[index]?.key);
}
