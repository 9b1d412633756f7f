import { writeFile } from "node:fs/promises";
import path from "node:path";
import { reference } from "./cli/reference.ts";
import { commandTable } from "./commands/index.ts";

/** `npm run docs`: writes the command's reference, which a test holds to the table of commands. */
await writeFile(path.resolve(import.meta.dirname, "../docs/client-reference.md"), reference(commandTable));
