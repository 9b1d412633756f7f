import type { Schema } from "@cedar-policy/cedar-wasm/web";
import * as z from "zod";
import type { PolicyAction } from "../lambda/policy/engine.ts";
import { nearest } from "../lib/nearest.ts";
import type { Settings } from "../lib/settings.ts";
import {
  actionsIn,
  type ContextSettings,
  contextOf,
  defaultsOf,
  fillIn,
  isOnCaller,
  NotInContext,
  type PlainContext,
} from "./context.ts";
import type { Question } from "./decide.ts";
import { type ReadData, readData, readText } from "./read-data.ts";
import { type Scene, sceneOf, sceneParts } from "./scene.ts";
import { Unusable } from "./unusable.ts";

/** One question of a row, with the names that its file uses. */
export interface Case {
  readonly caller: string;
  readonly action: PolicyAction;
  /** What the action is on: an instance, or a caller. */
  readonly resource: string;
  /** What the row says of the context: one value where it lists several. */
  readonly given: PlainContext;
  readonly question: Question;
}

export interface Row {
  /** Its sentence, or its place if it has none. */
  readonly name: string;
  readonly where: string;
  readonly expected: Expected;
  readonly cases: readonly Case[];
}

export interface Expected {
  /** As the file has it. */
  readonly text: string;
  readonly decision: "allow" | "deny" | "approval-required";
  readonly approvals?: number;
  readonly reason?: true;
  /** Exactly the policies that decide. */
  readonly policies?: readonly string[];
  /** What the deciding policies' annotations bound. */
  readonly bounds?: Readonly<Record<string, unknown>>;
}

/** More questions than any table needs. */
const mostCases = 100_000;

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)], { error: "must be a name or a list of names" });
const names = z.union([oneOrMore, z.strictObject({ except: oneOrMore })], {
  error: 'must be a name, a list of names, "*", or {except: …}',
});
const form = /^(allow|deny|approval-required)(?: with ([0-9]{1,2}) approvals?(?: and (a reason))?)?$/;
const expectation = z
  .string({ error: "must be allow, deny or approval-required" })
  .regex(form, 'must be allow, deny, approval-required, or "approval-required with 1 approval and a reason"')
  .refine((text) => text.startsWith("approval-required") || !text.includes(" "), "takes approvals only if required");

const row = z.strictObject({
  name: z.string().optional(),
  caller: names,
  action: names,
  instance: names.optional(),
  /** Whom `suspend` is about. */
  suspended: names.optional(),
  context: z.record(z.string(), z.unknown(), { error: "must be attributes of the context" }).default({}),
  expect: expectation,
  policies: z.union([z.string(), z.array(z.string())], { error: "must be ids of policies" }).optional(),
  bounds: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
});

type RowText = z.infer<typeof row>;

const testFile = z.strictObject({ ...sceneParts, tests: z.array(row).min(1) });

/** What rows are read with: the schema's actions and contexts, and the settings' defaults. */
export interface TestSettings {
  readonly schema: Schema;
  readonly settings: Settings;
}

/**
 * Reads a file of tests, strictly.
 *
 * @throws Unusable with the place of each name, attribute or value that cannot be.
 */
export async function readTestFile(file: string, { schema, settings }: TestSettings): Promise<readonly Row[]> {
  const read = readData(file, await readText(file), testFile);
  const scene = sceneOf(read, settings);
  const context = { defaults: defaultsOf(settings), timeZone: settings.timeZone };
  const complaints: string[] = [];
  const rows = read.data.tests.map((row, index) => {
    const expand = { read, scene, schema, context, path: ["tests", index] };
    const before = complaints.length;
    const cases = casesOf(row, expand, complaints);
    if (cases.length === 0 && complaints.length === before) complaints.push(`${read.where(expand.path)}: asks nothing`);
    return { ...headOf(read, row, index), cases };
  });
  if (complaints.length > 0) throw new Unusable([...new Set(complaints)]);
  const count = rows.reduce((sum, { cases }) => sum + cases.length, 0);
  if (count > mostCases)
    throw new Unusable([`${file}: its rows ask ${count} questions, and ${mostCases} are the most`]);
  return rows;
}

/** A question in words: names of a file, and a context in YAML. */
interface AskedQuestion {
  readonly file: string;
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly context: string;
}

/** @throws Unusable, as `readTestFile` */
export async function readQuestion(asked: AskedQuestion, { schema, settings }: TestSettings): Promise<Question> {
  const read = readData(asked.file, await readText(asked.file), z.looseObject(sceneParts));
  const { data: context } = readData("--context", asked.context, row.shape.context);
  const { caller, action, resource } = asked;
  const named = isOnCaller(schema, action) ? { suspended: resource } : { instance: resource };
  const complaints: string[] = [];
  const [one, ...more] = casesOf(
    { caller, action, context, expect: "", ...named },
    {
      read: { where: (path) => (path.includes("context") ? "--context" : asked.file) },
      scene: sceneOf(read, settings),
      schema,
      context: { defaults: defaultsOf(settings), timeZone: settings.timeZone },
      path: [],
    },
    complaints,
  );
  if (complaints.length > 0) throw new Unusable(complaints);
  if (one === undefined || more.length > 0) throw new Unusable(["explain takes one question"]);
  return one.question;
}

function headOf({ where }: ReadData<unknown>, { name, expect, policies, bounds }: RowText, index: number) {
  const place = where(["tests", index]);
  const [, decision, approvals, reason] = form.exec(expect) ?? [];
  const expected: Expected = {
    text: expect,
    // The schema has checked it.
    decision: decision as Expected["decision"],
    ...(approvals !== undefined && { approvals: Number(approvals) }),
    ...(reason !== undefined && { reason: true }),
    ...(policies !== undefined && { policies: [policies].flat().sort() }),
    ...(bounds !== undefined && { bounds }),
  };
  return { name: name ?? place, where: place, expected };
}

interface Expand {
  readonly read: Pick<ReadData<unknown>, "where">;
  readonly scene: Scene;
  readonly schema: Schema;
  readonly context: ContextSettings;
  readonly path: readonly PropertyKey[];
}

/** @param complaints gets what is wrong. */
function casesOf(row: RowText, expand: Expand, complaints: string[]): Case[] {
  const { read, scene, schema, context, path } = expand;
  const pick = (field: "caller" | "action" | "instance" | "suspended", known: readonly string[]) => {
    const { picked, unknown } = choose(row[field] ?? [], known);
    for (const name of unknown) {
      const meant = nearest(name, known);
      const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
      complaints.push(`${read.where([...path, field])}: there is no ${field} "${name}"${hint}`);
    }
    return picked;
  };
  const callers = pick("caller", [...scene.callers.keys()]);
  // The names are the schema's.
  const actions = pick("action", actionsIn(schema)) as PolicyAction[];
  const instances = pick("instance", [...scene.instances.keys()]);
  const suspended = pick("suspended", [...scene.callers.keys()]);
  return actions.flatMap((action) => {
    const resources = isOnCaller(schema, action) ? suspended : instances;
    const found: ReadonlyMap<string, Question["resource"]> = isOnCaller(schema, action)
      ? scene.callers
      : scene.instances;
    const attributes = contextOf(schema, action);
    const sets = attributes.filter(({ type }) => type.kind === "Set").map(({ name }) => name);
    return alternatives(row.context, sets).flatMap((given) => {
      try {
        const filled = fillIn(attributes, given, context);
        return callers.flatMap((caller) =>
          resources.flatMap((name) => {
            const [asking, resource] = [scene.callers.get(caller), found.get(name)];
            if (!asking || !resource) return [];
            return [
              {
                caller,
                action,
                resource: name,
                given,
                question: { caller: asking, action, resource, context: filled },
              },
            ];
          }),
        );
      } catch (error) {
        if (!(error instanceof NotInContext)) throw error;
        complaints.push(`${read.where([...path, "context", ...error.path])}: ${action}: ${error.message}`);
        return [];
      }
    });
  });
}

function choose(chosen: z.infer<typeof names>, known: readonly string[]) {
  const isExcept = typeof chosen === "object" && "except" in chosen;
  const named = [isExcept ? chosen.except : chosen].flat();
  if (!isExcept && named.length === 1 && named[0] === "*") return { picked: known, unknown: [] };
  const unknown = named.filter((name) => !known.includes(name));
  return { picked: isExcept ? known.filter((name) => !named.includes(name)) : named, unknown };
}

/** Every combination of the values that a context lists, but for attributes that are sets themselves. */
function alternatives(context: PlainContext, sets: readonly string[]): PlainContext[] {
  return Object.entries(context).reduce<PlainContext[]>(
    (all, [name, value]) => {
      const values = Array.isArray(value) && !sets.includes(name) ? value : [value];
      return all.flatMap((each) => values.map((one) => ({ ...each, [name]: one })));
    },
    [{}],
  );
}
