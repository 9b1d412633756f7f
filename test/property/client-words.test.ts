import fc from "fast-check";
import { grantedAccess } from "../../client/access/access-outcome.ts";
import { requestTable } from "../../client/access/request-table.ts";
import { requestLines } from "../../client/access/request-words.ts";
import { explain } from "../../client/instances/explain-decision.ts";
import { instanceTable } from "../../client/instances/instance-table.ts";
import { visible } from "../../client/terminal/terminal.ts";
import type { AccessRequest, Instance } from "../../sdk/types.ts";
import { sampleResponses, webInstance } from "../support/client/sample-responses.ts";
import { testProperty } from "../support/property.ts";
import { must } from "./must.ts";

const request = sampleResponses.getAccessRequest as AccessRequest;
const instance = webInstance as unknown as Instance;

function messageOf(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the command prints of a response in which a text stands for an enum's value. */
const printed: Readonly<Record<string, (text: string) => string>> = {
  "latchkey requests": (status) => requestTable([{ ...request, status }], undefined),
  "latchkey review": (status) => requestLines({ ...request, status }, 80).join("\n"),
  "latchkey request --wait": (status) => messageOf(() => grantedAccess({ ...request, status })),
  "latchkey instances": (connectionType) =>
    instanceTable([{ ...instance, connectionOptions: [{ connectionType, usable: true }] }], { columns: undefined }),
  "latchkey why": (connectionType) =>
    explain({
      decision: { decision: "allow", policies: ["p"], resolved: { connectionType, host: "10.0.0.1", port: 22 } },
      instance,
      handle: "web-1",
      requested: {},
    }).sentences.join("\n"),
};

for (const [command, print] of Object.entries(printed)) {
  testProperty(
    `${command} shows a value that it does not know as text`,
    { small: 75, large: 20_000 },
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (random) => {
      const value = `new-${random}`;
      must(print(value).includes(visible(value).trimEnd()), "the value is not shown as visible text", print(value));
    }),
  );
}
