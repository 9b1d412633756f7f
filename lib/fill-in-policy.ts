import type { ServiceControlPolicy } from "./service-control-policy.ts";

/** What each placeholder may be. No wildcard at the start of a role's name, which would exempt everybody. */
export const placeholders: Readonly<Record<string, RegExp>> = {
  PARTITION: /^aws(?:-cn|-us-gov)?$/,
  ACCOUNT_ID: /^\d{12}$/,
  API_ID: /^[a-z0-9]{10}$/,
  DISTRIBUTION_ID: /^E[A-Z0-9]{9,20}$/,
  DOMAIN: /^[a-z0-9.-]{4,}$/,
  QUALIFIER: /^[a-z0-9]{1,10}$/,
  DEPLOYER: /^[\w+=,.@-][\w+=,.@/*-]{2,}$/,
  TAG_ADMIN_ROLE: /^[\w+=,.@-][\w+=,.@/*-]{2,}$/,
  PEOPLE_ROLE: /^[\w+=,.@-][\w+=,.@/*-]{2,}$/,
  ROLE_PATH: /^(?:[\w+=,.@-]+\/)*$/,
  // IAM takes no character beyond U+00FF, and reads the others as its own.
  TAG_KEY: /^(?=[ -\u00ff]+$)[^*?<>$]+$/,
};

/** What a deployment may not have: then a text with the placeholder is left out. */
const optional = ["DISTRIBUTION_ID", "DOMAIN"];

/** AWS's limit on the characters of a policy. */
export const mostCharacters = 5120;

/**
 * Fills the placeholders in. A text with a placeholder that has several values becomes several texts.
 *
 * @returns the policy as JSON without white space, which counts as well.
 * @throws Error if a value is missing or malformed, or the policy exceeds AWS's limit.
 */
export function fillIn(policy: ServiceControlPolicy, values: Readonly<Record<string, readonly string[]>>): string {
  for (const [name, form] of Object.entries(placeholders)) {
    const given = values[name] ?? [];
    if (given.length === 0 && !optional.includes(name)) throw new Error(`${name} is missing`);
    const wrong = given.find((value) => !form.test(value));
    if (wrong !== undefined) throw new Error(`${name} cannot be ${JSON.stringify(wrong)}`);
  }
  const unknown = Object.keys(values).find((name) => !(name in placeholders));
  if (unknown !== undefined) throw new Error(`${unknown} is not a placeholder`);
  const text = JSON.stringify(policy, (_, value) =>
    Array.isArray(value) ? value.flatMap((one) => filled(one, values)) : value,
  );
  if (text.length > mostCharacters)
    throw new Error(`the policy has ${text.length} characters, more than ${mostCharacters}`);
  return text;
}

function filled(value: unknown, values: Readonly<Record<string, readonly string[]>>): unknown[] {
  const name = typeof value === "string" ? /<([A-Z_]+)>/.exec(value)?.[1] : undefined;
  if (typeof value !== "string" || name === undefined) return [value];
  return (values[name] ?? []).flatMap((one) => filled(value.replaceAll(`<${name}>`, one), values));
}
