import path from "node:path";
import { stateDirectoryOf } from "../../sdk/node/paths.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { IncompleteNotes } from "../instances/incomplete.ts";
import { isLasting, listInstances } from "../instances/list-instances.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { configText } from "./config-text.ts";
import { namedInstances, usualSuffix } from "./host-names.ts";
import { LoginDirectory } from "./login-directory.ts";

/** Those that say where the API is and as whom: they stand in the block, since an editor that runs ssh may not have them. */
const settingVariables = ["LATCHKEY_CONFIG", "LATCHKEY_URL", "LATCHKEY_REGION", "LATCHKEY_PROFILE"];

/** `latchkey config` */
export async function runConfig(context: Context, { options }: CommandInput): Promise<number> {
  const { terminal, environment, platform, self } = context;
  if (platform === "win32") {
    throw new Failure("plain ssh needs Unix sockets, which OpenSSH for Windows does not take", {
      exitCode: exitCodes.unavailable,
      hint: "the commands ssh, scp and sftp work there, and so does all of it in WSL",
    });
  }
  const command = options.text("command");
  const suffix = options.text("suffix") ?? usualSuffix;
  if (!/^\.[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/.test(suffix)) {
    throw new Failure(`--suffix is no end of a host name: ${visible(suffix)}`, {
      exitCode: exitCodes.usage,
      hint: "such as .latchkey or .staging: a dot, small letters and digits",
    });
  }
  const logins = path.join(stateDirectoryOf(context), "ssh");
  const variables = Object.fromEntries(
    settingVariables.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  refuseUnfit([logins], /[\p{Cc}"\\]|\$\{/u);
  refuseUnfit([command ?? "", ...self, ...Object.values(variables)], /\p{Cc}/u);
  const given = [
    ...(command === undefined ? [] : ["--command", command]),
    ...(suffix === usualSuffix ? [] : ["--suffix", suffix]),
  ];
  const madeBy = ownCommand(context, ["config", ...given]);
  const basis = { suffix, logins, self: command ?? self, variables, madeBy };
  if (options.flag("check")) {
    const { checkConfig } = await import("./check-config.ts");
    return checkConfig(context, { block: configText({ ...basis, instances: [] }), suffix, madeBy });
  }
  const fits = (name: string, user: string) =>
    !new LoginDirectory(logins, { user, host: `${name}${suffix}` }).isTooLong;
  const notes = new IncompleteNotes(context, "instances");
  const listed = await listInstances(context, {}, { onPage: notes.add });
  const instances = namedInstances(listed.filter(isLasting), fits);
  terminal.out(configText({ ...basis, instances }));
  return exitCodes.ok;
}

/**
 * What ssh_config has no way to say: nowhere a line that goes on, and in a path no quote in its quotes, and no `${`,
 * which ssh takes for a variable.
 */
function refuseUnfit(texts: readonly string[], pattern: RegExp): void {
  const unfit = texts.find((text) => pattern.test(text));
  if (unfit === undefined) return;
  throw new Failure(`ssh's configuration cannot hold this: ${visible(unfit)}`, {
    exitCode: exitCodes.configuration,
    hint: "XDG_STATE_HOME says where latchkey keeps its files, and --command how it is run",
  });
}
