import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, jest } from "@jest/globals";
import { startTable, type Table } from "../../local/aws/table.ts";
import { type RecordedRequest, type ScriptedResponse, type ScriptedServer, useScriptedAws } from "./scripted-server.ts";

/** The table, as the SDK's client reaches it over the wire. */
export interface EmbeddedTable {
  /** A request that no script covers gets the response of the table. */
  readonly service: ScriptedServer;
  applied(request: RecordedRequest): Promise<ScriptedResponse>;
  /** The table applies the call, and its response is lost. */
  appliedThenLost(request: RecordedRequest): Promise<ScriptedResponse>;
  /** A stored item; undefined if there is none. */
  stored(key: { readonly pk: string; readonly sk: string }): Promise<Record<string, unknown> | undefined>;
  /** Stores items without any check. */
  seed(items: readonly object[]): Promise<void>;
}

/** Starts an embedded table for a test file. */
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

  const applied = async ({ headers, body }: RecordedRequest): Promise<ScriptedResponse> => {
    const { status, output } = await running().send(String(headers["x-amz-target"]), JSON.parse(body));
    return { status, body: JSON.stringify(output) };
  };
  beforeEach(() => {
    // No pause before the SDK sends again.
    jest.spyOn(Math, "random").mockReturnValue(0);
    service.respondAlways(applied);
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
