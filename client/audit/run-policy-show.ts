import { createHash } from "node:crypto";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import type { Options } from "../command/options.ts";
import { findTarget } from "../instances/find-target.ts";
import { type InstanceKey, placeOf } from "../instances/place.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { eventPages } from "./read-events.ts";

/** `latchkey policy show` */
export async function runPolicyShow(
  context: Context,
  { arguments: [given = "", ...ids], options }: CommandInput,
): Promise<number> {
  const [, digest] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(given) ?? [];
  if (digest === undefined) {
    throw new Failure(`this is not a digest: ${visible(given)}`, {
      exitCode: exitCodes.usage,
      hint: "it is the policyDigest of an event, sha256: and 64 hex digits",
    });
  }
  const { terminal, signal } = context;
  const api = await context.api();
  const key = await readableInstance(context, options);
  const { text } = await api.call("getPolicies", { ...key, digest }, { signal });
  const { schema, policies } = readPolicySet(text, digest);
  const chosen = ids.length === 0 ? Object.keys(policies) : ids;
  const absent = chosen.filter((id) => !Object.hasOwn(policies, id));
  if (absent.length > 0) {
    throw new Failure(`these policies have no ${absent.map(visible).join(", ")}`, { exitCode: exitCodes.notFound });
  }
  const shown = Object.fromEntries(chosen.map((id) => [id, policies[id] ?? ""]));
  if (options.flag("json")) terminal.json({ digest: `sha256:${digest}`, schema, policies: shown });
  else {
    const texts = [...(options.flag("schema") ? [schema] : []), ...Object.values(shown)];
    terminal.out(texts.map((each) => `${cedarText(each, terminal.outColumns)}\n`).join("\n"));
  }
  return exitCodes.ok;
}

/** An instance whose trail the caller may read, as far as that is known. @throws Failure `noPermission` if there is none */
async function readableInstance(context: Context, options: Options): Promise<InstanceKey> {
  const named = options.text("instance");
  if (named !== undefined) return (await findTarget(context, readTarget(named, options))).key;
  for await (const { items } of eventPages(context, {})) {
    for (const { data } of items) {
      if (data.instanceId !== undefined) return { instanceId: data.instanceId, ...placeOf(data) };
    }
  }
  throw new Failure("there is no event that you may read, and so no right to see policies", {
    exitCode: exitCodes.noPermission,
    hint: "name an instance whose trail you may read: --instance",
  });
}

/** @throws Failure `protocol` if the text is not of the digest, or not what Latchkey keeps */
function readPolicySet(text: string, digest: string) {
  if (createHash("sha256").update(text).digest("hex") !== digest) {
    throw notKept("the API returned other policies than those of this digest");
  }
  const parsed: unknown = JSON.parse(text);
  const [schema, policies]: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  if (typeof schema !== "string" || !isTexts(policies))
    throw notKept("the policies of this digest are of another version");
  return { schema, policies };
}

const notKept = (message: string) => new Failure(message, { exitCode: exitCodes.protocol });

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");

/** A terminal gets spaces for tabs, which would be shown as characters, and text that it cannot obey. */
function cedarText(text: string, columns: number | undefined): string {
  if (columns === undefined) return text.trim();
  return text.trim().replaceAll("\t", "  ").split(/\r?\n/).map(visible).join("\n");
}
