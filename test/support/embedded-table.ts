import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, jest } from "@jest/globals";
import { startTable, type Table } from "../../local/aws/table.ts";
import { type Answer, type RecordedRequest, type ScriptedServer, useScriptedAws } from "./scripted-server.ts";

/** The one table as the SDK's own client meets it, over the wire. */
export interface EmbeddedTable {
  /** Answers whatever is not scripted as the table does. */
  readonly service: ScriptedServer;
  applied(request: RecordedRequest): Promise<Answer>;
  /** The table takes the call, and its answer is lost on the way. */
  appliedThenLost(request: RecordedRequest): Promise<Answer>;
  /** An item as it stands there; undefined: none. */
  stored(key: { readonly pk: string; readonly sk: string }): Promise<Record<string, unknown> | undefined>;
  /** Puts items there without any check. */
  seed(items: readonly object[]): Promise<void>;
}

/** Starts an embedded table for a file of tests. */
export function useEmbeddedTable(): EmbeddedTable {
  const service = useScriptedAws("DYNAMODB");
  let table: Table | undefined;
  const running = () => {
    if (!table) throw new Error("The table is not running yet");
    return table;
  };
  beforeAll(async () => {
    table = await startTable();
  });
  afterAll(async () => table?.stop());

  const applied = async ({ headers, body }: RecordedRequest): Promise<Answer> => {
    const { status, output } = await running().send(String(headers["x-amz-target"]), JSON.parse(body));
    return { status, body: JSON.stringify(output) };
  };
  beforeEach(() => {
    // No pause before the SDK sends again.
    jest.spyOn(Math, "random").mockReturnValue(0);
    service.answerAlways(applied);
  });
  return {
    service,
    applied,
    async appliedThenLost(request) {
      await applied(request);
      return "reset";
    },
    async stored({ pk, sk }) {
      const input = { TableName: "latchkey", Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
      const { output } = await running().send("DynamoDB_20120810.GetItem", input);
      return output["Item"] ? unmarshall(output["Item"] as Parameters<typeof unmarshall>[0]) : undefined;
    },
    seed: (items) => running().seed(items),
  };
}
