import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { lintOverrides } from "../layers.ts";

const file = path.resolve(import.meta.dirname, "../biome.json");
const config = JSON.parse(await readFile(file, "utf8")) as object;
await writeFile(file, JSON.stringify({ ...config, overrides: lintOverrides() }));
