import type { APIGatewayProxyEvent } from "aws-lambda";
import { invalidField, Problem } from "../shared/problem.ts";
import { parseStrictJson } from "../shared/strict-json.ts";

/** Bytes. The largest body that makes sense is an RSA 4096 key in an RFC 4716 frame, under 2 KiB. */
const maxBodySize = 8 * 1024;

/** API Gateway replaces bytes that are not UTF-8 by it. */
export const replacementCharacter = "\uFFFD";

/**
 * Parses the body of an event as strict JSON.
 *
 * @throws Problem `payload-too-large` (413), `unsupported-media-type` (415), `invalid-request` (400), in this order.
 */
export function readJsonBody({ body, isBase64Encoded, multiValueHeaders }: APIGatewayProxyEvent): unknown {
  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > maxBodySize) throw new Problem("payload-too-large");
  if (!isPlainJson(multiValueHeaders)) throw new Problem("unsupported-media-type");
  const result = parseStrictJson(decodeUtf8(bytes));
  if ("fault" in result) throw invalidField("", result.fault);
  return result.value;
}

/** One content type, JSON in UTF-8, and no content coding: API Gateway does not decompress a body. */
function isPlainJson(headers: APIGatewayProxyEvent["multiValueHeaders"]): boolean {
  const [type = "", ...more] = headerValues(headers, "content-type");
  const isJson = more.length === 0 && /^application\/json(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i.test(type);
  return isJson && headerValues(headers, "content-encoding").every((coding) => /^(?:identity)?$/i.test(coding));
}

/** Every value of a header; names match in any case. */
function headerValues(headers: APIGatewayProxyEvent["multiValueHeaders"], wanted: string): string[] {
  return Object.entries(headers ?? {}).flatMap(([name, values = []]) =>
    name.toLowerCase() === wanted ? values.map((value) => value.trim()) : [],
  );
}

function decodeUtf8(bytes: Uint8Array): string {
  let text: string;
  try {
    // Keeps a byte order mark, which JSON.parse then rejects.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidField("", "wrong-encoding");
  }
  if (text.includes(replacementCharacter)) throw invalidField("", "wrong-encoding");
  return text;
}
