import type { Answer } from "./scripted-server.ts";

/** An element of EC2's XML: text, children, or a list of `item`s. */
export type Element = string | { readonly [name: string]: Element } | readonly Element[];

/** An answer of EC2's as it writes them. */
export function ec2Answer(operation: string, content: Record<string, Element>): Answer {
  return {
    body: `<?xml version="1.0" encoding="UTF-8"?>
<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${xml({ requestId: "aws-1", ...content })}</${operation}Response>`,
  };
}

/** One of EC2's reservations for each of the instances, of one owner. */
export function instancesAnswer(instances: readonly Record<string, Element>[], nextToken?: string): Answer {
  return ec2Answer("DescribeInstances", {
    reservationSet: instances.map((instance) => ({ ownerId: "111122223333", instancesSet: [instance] })),
    ...(nextToken !== undefined && { nextToken }),
  });
}

export function ec2Error(code: string, status: number): Answer {
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
