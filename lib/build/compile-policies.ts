import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { CompiledPolicies } from "../../lambda/policy/compiled-policies.ts";
import { digestOf, mostTextBytes, policyText } from "../../lambda/policy/policy-text.ts";
import { complaintsAbout } from "./check-annotations.ts";
import { shallower, tooDeep } from "./check-depth.ts";
import { type NamedInSettings, unknownNames } from "./check-names.ts";

/** Schema and policies as Cedar text. */
export interface PolicyTexts {
  readonly schema: string;
  readonly policies: Record<string, string>;
  /** The domain of people's names. */
  readonly nameDomain?: string | undefined;
  /** The names of those that may review. */
  readonly integrations?: readonly string[];
  /** Of all these: of `policyText`. */
  readonly digest: string;
}

/** The same schema and policies in Cedar's JSON form, which the functions load in half the time. */
export function inJson({ schema, policies, nameDomain, integrations = [], digest }: PolicyTexts): CompiledPolicies & {
  readonly policies: Readonly<Record<string, cedar.PolicyJson>>;
} {
  const parsed = Object.entries(policies).map(([id, text]) => [id, refuse(id, () => cedar.policyToJson(text)).json]);
  const inForm = Object.fromEntries(parsed);
  // A number that JSON cannot hold, for example.
  refuse("policies", () => cedar.checkParsePolicySet({ staticPolicies: inForm }));
  return {
    schema: refuse("schema", () => cedar.schemaToJson(schema)).json,
    policies: inForm,
    nameDomain,
    integrations: [...integrations],
    digest,
  };
}

/**
 * Reads and strictly validates a directory of Cedar policies: every `*.cedar` in it.
 * Each policy needs an `@id`, by which decisions are explained and audited.
 *
 * @param settings say which groups, people and machines policies can name.
 * @param otherSchema the file of a schema that stands in for a missing `schema.cedarschema` beside them.
 * @throws Error with Cedar's own message and the file or policy, if one does not parse or validate; else with every policy's
 *   unknown or unreadable annotations, and names that no request can have.
 */
export function compilePolicies(directory: string, settings: NamedInSettings, otherSchema?: string): PolicyTexts {
  const own = path.join(directory, "schema.cedarschema");
  const schema = readFileSync(otherSchema === undefined || existsSync(own) ? own : otherSchema, "utf8");
  refuse("schema.cedarschema", () => cedar.checkParseSchema(schema));
  const policies: Record<string, string> = {};
  const files = readdirSync(directory).filter((name) => name.endsWith(".cedar"));
  if (files.length === 0 && !existsSync(own))
    throw new Error(`${directory} has no *.cedar: is it the directory of your policies?`);
  for (const file of files.sort()) {
    for (const text of policiesIn(file, readFileSync(path.join(directory, file), "utf8"))) {
      const id = idOf(file, text);
      if (Object.hasOwn(policies, id)) throw new Error(`${file}: a second policy has @id("${id}")`);
      policies[id] = text;
    }
  }
  validate(schema, policies);
  checkPolicies(schema, policies, settings);
  const { nameDomain } = settings.identities;
  const text = policyText({ schema, policies, nameDomain });
  requireKeepable(text);
  const integrations = settings.integrations.map(({ name }) => name);
  return { schema, policies, nameDomain, integrations, digest: digestOf(text) };
}

/** Bytes of a compressed text: DynamoDB takes 400 KB for all of an item. */
const mostCompressedBytes = 380_000;

/** The policies that decided are kept as one item of the table. */
function requireKeepable(text: string): void {
  const [bytes, compressed] = [Buffer.byteLength(text), gzipSync(text).length];
  if (bytes <= mostTextBytes && compressed <= mostCompressedBytes) return;
  throw new Error(
    `policies and schema are ${bytes} bytes, ${compressed} compressed: Latchkey keeps at most ${mostTextBytes}, ${mostCompressedBytes} compressed`,
  );
}

function policiesIn(file: string, text: string): string[] {
  const parts = refuse(file, () => cedar.policySetTextToParts(text));
  if (parts.policy_templates.length > 0) throw new Error(`${file}: policy templates are not used here`);
  return parts.policies;
}

function idOf(file: string, text: string): string {
  const { json } = refuse(file, () => cedar.policyToJson(text));
  const id = json.annotations?.["id"];
  if (!id) throw new Error(`${file}: every policy needs an @id("…"), and this one has none:\n${text}`);
  if (!idForm.test(id)) throw new Error(`${file}: @id("${id}") must be ${idWords}`);
  return id;
}

/** Ids are part of responses and the trail; and `__proto__` would be lost among an object's keys, a `forbid` with it. */
const idForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const idWords = "letters, digits, dots, hyphens and underscores, 64 at most, the first a letter or digit";

function validate(schema: string, policies: Record<string, string>): void {
  const result = refuse("policies", () =>
    cedar.validate({ schema, policies: { staticPolicies: policies }, validationSettings: { mode: "strict" } }),
  );
  const complaints = [...result.validationErrors, ...result.validationWarnings];
  if (complaints.length > 0) {
    throw new Error(complaints.map(({ policyId, error }) => explain(`policy ${policyId}`, error)).join("\n"));
  }
}

/** What Cedar accepts and Latchkey does not. */
function checkPolicies(schema: string, policies: Record<string, string>, settings: NamedInSettings): void {
  const read = Object.entries(policies).map(
    ([id, text]) => [id, refuse(id, () => cedar.policyToJson(text)).json] as const,
  );
  const deep = tooDeep(Object.fromEntries(read), refuse("schema", () => cedar.schemaToJson(schema)).json);
  if (deep.length > 0) throw new Error(deep.join("\n"));
  const complaints = read.flatMap(([id, json]) => {
    return [...complaintsAbout(json), ...unknownNames(json, settings)].map((complaint) => `policy ${id}: ${complaint}`);
  });
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

/** Cedar returns failures as values; here they stop the build. */
function refuse<Answer extends { type: "success" } | { type: "failure"; errors: cedar.DetailedError[] }>(
  where: string,
  call: () => Answer,
): Exclude<Answer, { type: "failure" }> {
  const result = finished(where, call);
  if (result.type === "failure") throw new Error(result.errors.map((error) => explain(where, error)).join("\n"));
  // The compiler does not narrow a union for a type parameter.
  return result as Exclude<Answer, { type: "failure" }>;
}

/** Cedar runs out of stack at thousands of levels, and says so in words of its machine. */
function finished<Answer>(where: string, call: () => Answer): Answer {
  try {
    return call();
  } catch (cause) {
    throw new Error(`${where}: Cedar cannot read this. If it is nested deeply, ${shallower}`, { cause });
  }
}

function explain(where: string, { message, help }: cedar.DetailedError): string {
  return `${where}: ${message}${help ? ` (${help})` : ""}`;
}
