import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { callsPage, callsTable } from "../sdk/build/calls-page.ts";

/** `npm run docs`: writes the page of the SDK's calls, and the table of them on the API's page. */
const docs = path.resolve(import.meta.dirname, "../docs");
writeFileSync(path.join(docs, "calls.md"), callsPage());
const api = path.join(docs, "api.md");
const table = /^\| route \| call \|[\s\S]*?\n\n/m;
writeFileSync(
  api,
  readFileSync(api, "utf8").replace(table, () => `${callsTable()}\n\n`),
);
