import { writeFileSync } from "node:fs";
import path from "node:path";
import { makeOpenApi } from "../lib/build/openapi.ts";

/** `npm run docs`: writes the OpenAPI document of the current routes. */
const file = path.resolve(import.meta.dirname, "../docs/openapi.json");
writeFileSync(file, JSON.stringify(makeOpenApi(), null, 2));
