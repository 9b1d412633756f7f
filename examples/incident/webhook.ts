import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Whether one of the secrets has signed the body, as PagerDuty signs webhooks: `v1=<HMAC-SHA256 in hex>`, several with commas
 * between them. Nothing in the body may count before.
 */
export function isSigned(body: Uint8Array, header: string | undefined, secrets: readonly string[]): boolean {
  const signatures = (header ?? "").split(",").map((one) => Buffer.from(one.trim()));
  return secrets
    .filter((secret) => secret !== "")
    .map((secret) => Buffer.from(`v1=${createHmac("sha256", secret).update(body).digest("hex")}`))
    .some((right) => signatures.some((one) => one.length === right.length && timingSafeEqual(one, right)));
}

/** The id of the service that a webhook's event is about, if it is about an incident. */
export function serviceIdIn(body: string): string | undefined {
  const event = field(parse(body), "event");
  if (field(event, "resource_type") !== "incident") return undefined;
  const id = field(field(field(event, "data"), "service"), "id");
  return typeof id === "string" ? id : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
