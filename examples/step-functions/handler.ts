import { latchkeyOfRole } from "../reviewer/latchkey-of-role.ts";
import { type Command, runCommand } from "./run-command.ts";

const latchkey = latchkeyOfRole();

export const handler = (command: Command) => runCommand(latchkey, command);
