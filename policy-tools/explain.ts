import type { PolicyJson } from "@cedar-policy/cedar-wasm/web";
import { cedarQuestion } from "./cedar-question.ts";
import { type Condition, conditionsOf } from "./conditions.ts";
import { decide, isInstance, type Outcome } from "./decide.ts";
import { loadPolicies } from "./load-policies.ts";
import { readQuestion } from "./test-file.ts";

export interface ExplainedPolicy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly conditions: readonly Condition[];
}

export interface Explanation extends Outcome {
  /** The action that was decided: `view` if the caller may not see the instance. */
  readonly action: string;
  readonly deciding: readonly ExplainedPolicy[];
  /** If it is not allowed: the permits for this action, those with the fewest conditions that do not hold first. */
  readonly nearMisses: readonly ExplainedPolicy[];
}

export interface ExplainOptions {
  readonly policies: string;
  readonly settings?: string | undefined;
  /** A file of tests: its people, machines and instances. */
  readonly file: string;
  readonly caller: string;
  readonly action: string;
  /** An instance; a caller for `suspend`. */
  readonly resource: string;
  /** Attributes of the context, in YAML. */
  readonly context: string;
}

/** `latchkey policy explain`. @throws Unusable */
export async function explainDecision({
  policies,
  settings: settingsFile,
  ...asked
}: ExplainOptions): Promise<Explanation> {
  const { engine, compiled, settings } = await loadPolicies(policies, settingsFile);
  const question = await readQuestion(asked, { schema: compiled.schema, settings });
  const outcome = decide(engine, question);
  const isAboutView = outcome.isHidden && isInstance(question.resource);
  const explained = isAboutView ? { ...question, action: "view" as const, context: {} } : question;
  const cedarAsked = cedarQuestion(engine, explained);
  const all = Object.entries(compiled.policies).map(([id, policy]) => {
    // `inJson` has parsed it.
    const json = policy as PolicyJson;
    return { id, effect: json.effect, conditions: conditionsOf(json, cedarAsked) };
  });
  const nearMisses = outcome.decision === "allow" ? [] : all.filter(isNearMiss).sort((a, b) => misses(a) - misses(b));
  const deciding = all.filter(({ id }) => outcome.policies.includes(id));
  return { ...outcome, action: explained.action, deciding, nearMisses };
}

const misses = ({ conditions }: ExplainedPolicy) => conditions.filter(({ result }) => result === "fails").length;

/** A permit that the action and the kind of caller do not rule out. */
const isNearMiss = ({ effect, conditions }: ExplainedPolicy) =>
  effect === "permit" && conditions.every(({ text, result }) => result === "holds" || !text.startsWith("action "));
