import { runProcess } from "./cli/process.ts";
import { commandTable } from "./commands/index.ts";

void runProcess(commandTable);
