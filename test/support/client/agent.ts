import { afterEach, expect } from "@jest/globals";
import { type CallToolResult, Client, type ClientOptions } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { clientEnvironment, type ClientOptions as Person } from "../client-process.ts";

/** An agent: the protocol's own client, and the `latchkey mcp` that it has started. */
export interface Agent {
  readonly client: Client;
  /** @returns the result, with our words first and each text of others after them. */
  call(name: string, input: object, signal?: AbortSignal): Promise<ToolResult>;
  /** Of the server. */
  readonly pid: number;
  /** What the server has written to standard error. */
  readonly stderr: () => string;
}

export interface ToolResult {
  readonly isError: boolean;
  readonly words: string;
  readonly quotes: readonly string[];
  readonly output: Readonly<Record<string, unknown>> | undefined;
}

export interface AgentOptions extends Person {
  readonly home: string;
  readonly name?: string;
  readonly args?: readonly string[];
  readonly clientOptions?: ClientOptions;
}

const started: Client[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((client) => client.close()));
});

/** Starts `latchkey mcp` as an agent's configuration does. It is ended after the test. */
export async function startAgent({
  name = "test-agent",
  args = [],
  clientOptions,
  ...person
}: AgentOptions): Promise<Agent> {
  const transport = new StdioClientTransport({
    command: "latchkey",
    args: ["mcp", ...args],
    env: clientEnvironment(person),
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const client = new Client({ name, version: "1.0.0" }, clientOptions);
  started.push(client);
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? 0,
    stderr: () => stderr,
    call: async (tool, input, signal) =>
      readResult(await client.callTool({ name: tool, arguments: { ...input } }, signal && { signal })),
  };
}

function readResult({ content, structuredContent, isError = false }: CallToolResult): ToolResult {
  const [words = "", ...blocks] = content.map((block) => (block.type === "text" ? block.text : ""));
  return { isError, words, quotes: blocks.map(quoted), output: structuredContent as ToolResult["output"] };
}

/** What stands between the marks of a block. */
function quoted(block: string): string {
  const [, mark = "", text = ""] = /^Untrusted text: [^\n]*\nBEGIN (\S+)\n(.*)\nEND \1$/s.exec(block) ?? [];
  expect(block.split(mark)).toHaveLength(4);
  return text;
}
