import type { HostKey } from "../../sdk/types.ts";
import { fingerprintOfLine } from "../../ssh-format/fingerprint.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { findTarget } from "../instances/find-target.ts";
import { placeOf, withPlace } from "../instances/place.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { readText } from "../terminal/read-text.ts";
import { showTime } from "../terminal/show-time.ts";
import { table } from "../terminal/table.ts";
import { visible } from "../terminal/terminal.ts";
import { readHostKeyLines } from "./host-key-lines.ts";

/** `latchkey host-keys` */
export async function runHostKeys(
  context: Context,
  { arguments: [name = "", ...more], options }: CommandInput,
): Promise<number> {
  const files = [...options.list("register"), ...more];
  const isForgetting = options.flag("forget");
  if (files.length > 0 && isForgetting) {
    throw new Failure("host-keys takes one of --register and --forget", { exitCode: exitCodes.usage });
  }
  if (more.length > 0 && options.list("register").length === 0) {
    throw new Failure("host-keys reads files only with --register", { exitCode: exitCodes.usage });
  }
  // Before any call: a file that cannot be read changes nothing.
  const wanted = files.length > 0 ? await readKeys(files) : [];
  const { terminal, signal } = context;
  const api = await context.api();
  const { key } = await findTarget(context, readTarget(name, options));
  const instance = withPlace(key.instanceId, placeOf(key));
  const { hostKeys: known, etag } = await api.call("getHostKeys", key, { signal });
  const isChanging = isForgetting || files.length > 0;
  if (isChanging) await confirm(context, instance, changes(known, wanted), options.flag("yes"));
  const { hostKeys } = isChanging
    ? await api.call("putHostKeys", { ...key, hostKeys: wanted.map((line) => ({ key: line })), etag }, { signal })
    : { hostKeys: known };
  if (options.flag("json")) terminal.json(hostKeys);
  else if (hostKeys.length > 0) terminal.out(hostKeyTable(hostKeys, terminal.outColumns));
  else terminal.note(`no host key is known of ${visible(instance)}`);
  return exitCodes.ok;
}

async function readKeys(files: readonly string[]): Promise<string[]> {
  const keys = await Promise.all(
    files.map(async (file) => readHostKeyLines(await readText(file), file === "-" ? "standard input" : file)),
  );
  return [...new Set(keys.flat())];
}

/** What registering would change: a line for each key that goes, stays or comes. */
function changes(known: readonly HostKey[], wanted: readonly string[]): string[] {
  const registered = known.filter(({ source }) => source === "registered").map(({ key }) => key);
  const line = (mark: string, key: string) =>
    `${mark} ${visible(key.split(" ", 1)[0] ?? "")} ${fingerprintOfLine(key)}`;
  return [
    ...registered.filter((key) => !wanted.includes(key)).map((key) => line("-", key)),
    ...registered.filter((key) => wanted.includes(key)).map((key) => line(" ", key)),
    ...wanted.filter((key) => !registered.includes(key)).map((key) => line("+", key)),
  ];
}

async function confirm(
  { terminal }: Context,
  instance: string,
  lines: readonly string[],
  isSure: boolean,
): Promise<void> {
  terminal.note([`the host keys that are registered for ${visible(instance)}:`, ...lines].join("\n"));
  if (isSure || !terminal.isInteractive) return;
  const reply = await terminal.ask("Make these changes? [y/N] ");
  if (/^y(es)?$/i.test(reply?.trim() ?? "")) return;
  throw new Failure("nothing was changed", { exitCode: exitCodes.noPermission });
}

function hostKeyTable(hostKeys: readonly HostKey[], columns: number | undefined): string {
  return table(
    ["TYPE", "FINGERPRINT", "SOURCE", "TRUST", "SINCE"],
    hostKeys.map(({ type, fingerprint, source, trust, observedAt }) => [
      visible(type),
      visible(fingerprint),
      visible(source),
      visible(trust),
      showTime(observedAt),
    ]),
    { columns },
  );
}
