import type { Command } from "../command/command.ts";

export const mcpCommand: Command = {
  name: "mcp",
  summary: "serve tools to an AI agent, by the Model Context Protocol",
  description:
    "A Model Context Protocol server on standard input and output, for an agent's configuration. Its tools find instances, explain access, ask for access, wait for its approval, and run a command. No tool reviews, revokes, cancels, delegates or breaks glass.\n\nA command runs only under an active access request that somebody has approved. docs/agents.md has configurations for common clients.",
  arguments: [],
  options: [
    {
      name: "allow-standing",
      summary: "also run commands where policy lets you connect without an approval",
    },
  ],
  examples: [
    { command: "latchkey mcp", says: "for an agent's configuration", notRun: "an agent starts it" },
    {
      command: "latchkey mcp --profile agent --allow-standing",
      says: "with a profile, and without approvals where policy requires none",
      notRun: "an agent starts it",
    },
  ],
  run: async (context, input) => (await import("../mcp/run-mcp.ts")).runMcp(context, input),
};
