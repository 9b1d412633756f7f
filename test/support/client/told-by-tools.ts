import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import type { Ports } from "../../../client/mcp/ports.ts";
import { makeServer } from "../../../client/mcp/server.ts";
import { fleet } from "../api-client.ts";

const id = "ar-0123456789abcdef0123456789abcdef-0123456789ab";
const target = { instanceId: fleet.web1 };

/** How each tool is called. */
const toolCalls: readonly (readonly [name: string, input: Readonly<Record<string, unknown>>])[] = [
  ["find_instances", {}],
  ["explain_access", target],
  ["request_access", { ...target, osUser: "root", durationSeconds: 60, reason: "INC-42" }],
  ["wait_for_access", { accessRequestId: id, timeoutSeconds: 1 }],
  ["run_command", { ...target, command: "uptime" }],
];

/**
 * All that the tools tell an agent, by the protocol's own client: our sentences as they are, and each block of untrusted text, and
 * what is structured, in a line.
 */
export async function allThatToolsTell(ports: Ports): Promise<string> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = makeServer(ports, { allowStanding: true, version: "0.0.0" }, new Set());
  const client = new Client({ name: "agent", version: "1" });
  await Promise.all([server.connect(far), client.connect(near)]);
  let told = "";
  for (const [name, input] of toolCalls) {
    const { content, structuredContent } = await client.callTool({ name, arguments: input });
    const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
    const lines = texts.map((text, index) => (index === 0 ? text : text.replaceAll("\n", "⏎")));
    told += [...lines, ...stringsIn(structuredContent).map((text) => text.replaceAll("\n", "⏎")), ""].join("\n");
  }
  await client.close();
  return told;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [` ${value}`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [` ${key}`, ...stringsIn(each)]);
}
