import type { ScriptedResponse } from "./scripted-server.ts";

/** An element of EC2's XML: text, children, or a list of `item`s. */
export type Element = string | { readonly [name: string]: Element } | readonly Element[];

/** A response in EC2's XML. */
export function ec2Response(operation: string, content: Record<string, Element>): ScriptedResponse {
  return {
    body: `<?xml version="1.0" encoding="UTF-8"?>
<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${xml({ requestId: "aws-1", ...content })}</${operation}Response>`,
  };
}

/** A DescribeInstances response with one reservation for each instance, all of one owner. */
export function instancesResponse(instances: readonly Record<string, Element>[], nextToken?: string): ScriptedResponse {
  return ec2Response("DescribeInstances", {
    reservationSet: instances.map((instance) => ({ ownerId: "111122223333", instancesSet: [instance] })),
    ...(nextToken !== undefined && { nextToken }),
  });
}

export function ec2Error(code: string, status: number): ScriptedResponse {
  const errors = xml({ Errors: { Error: { Code: code, Message: `It says ${code}` } }, RequestID: "aws-1" });
  return { status, body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${errors}</Response>` };
}

function xml(element: Element): string {
  if (typeof element === "string") return element.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  if (Array.isArray(element)) return element.map((item) => `<item>${xml(item)}</item>`).join("");
  return Object.entries(element)
    .map(([name, child]) => `<${name}>${xml(child)}</${name}>`)
    .join("");
}
