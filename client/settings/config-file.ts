import { findFaults, type SchemaFault } from "../../sdk/json-schema.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import configSchema, { type ConfigFile } from "./config-schema.ts";

/**
 * Reads the text of a config file.
 *
 * @param file its name, for the message.
 * @throws Failure `configuration`, which names each wrong field, and never tells a value.
 */
export function parseConfigFile(text: string, file: string): ConfigFile {
  const config = parseJson(text, file);
  const faults = findFaults(configSchema, config);
  if (faults.length === 0) return config as ConfigFile;
  const settings = Object.keys(configSchema.properties ?? {});
  throw new Failure(`${visible(file)} is not valid: ${faults.map(faultWords).join("; ")}`, {
    exitCode: exitCodes.configuration,
    hint: `it takes ${settings.join(", ")}`,
  });
}

const types: Readonly<Record<string, string>> = {
  string: "a text",
  array: "a list",
  object: "an object",
  integer: "a number",
  boolean: "true or false",
};

function faultWords({ at, keyword, expected }: SchemaFault): string {
  const name = visible(at.slice(1).replaceAll("/", ".")) || "the whole";
  if (keyword === "additionalProperties") return `${name}: there is no such setting`;
  if (keyword === "type") return `${name}: has to be ${types[String(expected)]}`;
  return `${name}: must ${keyword === "minimum" || keyword === "maximum" ? "be a port" : "not be empty"}`;
}

function parseJson(text: string, file: string): unknown {
  try {
    // Editors on Windows put a byte order mark before it.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    // What JSON.parse says quotes the text.
    throw new Failure(`${visible(file)} is not JSON`, {
      exitCode: exitCodes.configuration,
      hint: 'it looks like {"url": "https://…"}',
      cause,
    });
  }
}
