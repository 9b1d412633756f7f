import { gunzipSync, gzipSync } from "node:zlib";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { GetPoliciesPorts } from "../../audit/policies.ts";
import type { PolicyKeeper } from "../../audit/ports.ts";
import { digestOf, mostTextBytes } from "../../policy/policy-text.ts";
import { Problem } from "../../shared/problem.ts";
import { isNew, putInput } from "./expressions.ts";
import { getItem, readItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { policiesKey } from "./table-keys.ts";

const policiesItem = z.object({ text: z.instanceof(Uint8Array) });

/**
 * Keeps the text of policies under its digest, for ever: with the first call that succeeds. Rejects with Problem of `awsProblem`.
 *
 * @param read gets the text.
 */
export function policyKeeper(table: Table, read: () => Promise<string>): PolicyKeeper {
  let isKept = false;
  return {
    async keepPolicies(signal) {
      if (isKept) return;
      const text = await read();
      const item = { ...policiesKey(digestOf(text)), text: gzipSync(text) };
      await writeIfHolds(table, new PutItemCommand(putInput(table.name, item, isNew)), signal);
      isKept = true;
    },
  };
}

/** The kept policies. Rejects with Problem of `awsProblem`, and with `internal` for a text that is not of its digest. */
export function policyReader(table: Table): Pick<GetPoliciesPorts, "readPolicies"> {
  return {
    async readPolicies(digest, signal) {
      const attributes = await getItem(table, policiesKey(digest), signal);
      if (!attributes) return undefined;
      const text = unzip(readItem(policiesItem, attributes).text);
      if (digestOf(text) !== digest)
        throw new Problem("internal", { cause: new Error("The text is of another digest") });
      return text;
    },
  };
}

function unzip(bytes: Uint8Array): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostTextBytes }).toString("utf8");
  } catch (cause) {
    throw new Problem("internal", { cause });
  }
}
