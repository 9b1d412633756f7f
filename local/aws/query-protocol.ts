import { randomUUID } from "node:crypto";
import { unknownToStandIn } from "./service-error.ts";
import type { Reply } from "./stand-in.ts";

/** The parameters of a call in AWS's query protocol. Unknown names are refused. */
export function readParameters(body: Buffer, known: readonly RegExp[]): URLSearchParams {
  const parameters = new URLSearchParams(body.toString("utf8"));
  for (const name of parameters.keys()) {
    if (!known.some((pattern) => pattern.test(name))) throw unknownToStandIn(`the parameter ${name}`);
  }
  return parameters;
}

export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

export function xmlReply(
  root: string,
  namespace: string,
  content: { readonly [name: string]: XmlValue },
  status = 200,
): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${xmlContent(content)}</${root}>`;
  return { status, contentType: "text/xml;charset=UTF-8", body };
}

/** Lists are `<item>`s, absent values are left out. */
function xmlContent(value: XmlValue): string {
  if (Array.isArray(value)) return value.map((item) => `<item>${xmlContent(item)}</item>`).join("");
  if (typeof value !== "object") return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, content]) => (content === undefined ? "" : `<${name}>${xmlContent(content)}</${name}>`))
    .join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export const newRequestId = () => randomUUID();
