import type { CallToolResult, ToolAnnotations } from "@modelcontextprotocol/server";
import type * as z from "zod";
import type { Ports } from "./ports.ts";
import { untrustedBlock, visibleIn } from "./untrusted-text.ts";

/** One call of a tool. */
export interface ToolCall {
  readonly ports: Ports;
  /** What the client calls itself, as text of ours may have it. */
  readonly agent: string | undefined;
  /** Whether commands may run where policy requires no approval. */
  readonly allowStanding: boolean;
  /** Aborts when the client cancels the call or goes away. */
  readonly signal: AbortSignal;
}

/** Text from elsewhere, and what it is. */
export interface Quote {
  readonly what: string;
  readonly text: string;
}

/** What a tool says. */
export interface Said<Output> {
  /** Sentences of ours. */
  readonly words: readonly string[];
  readonly quotes?: readonly Quote[];
  readonly output?: Output;
  /** Left out: the tool has done what it was called for. */
  readonly isError?: true;
}

export interface Tool<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  /** What it does, and what it never does. */
  readonly description: string;
  readonly annotations: Required<Omit<ToolAnnotations, "title">>;
  readonly input: Input;
  readonly output: Output;
  /** What it throws becomes a result with `isError`, too. */
  run(call: ToolCall, input: z.output<Input>): Promise<Said<z.input<Output>>>;
}

/** Infers the types of a tool's schemas. */
export const toolOf = <Input extends z.ZodType, Output extends z.ZodType>(tool: Tool<Input, Output>): Tool =>
  tool as unknown as Tool;

/** The result as the protocol has it: our words in one block, and each text from elsewhere in one of its own. */
export function resultOf({ words, quotes = [], output, isError }: Said<unknown>): CallToolResult {
  const texts = [words.join("\n"), ...quotes.map(({ what, text }) => untrustedBlock(what, text))];
  return {
    content: texts.map((text) => ({ type: "text", text })),
    ...(output !== undefined && { structuredContent: visibleIn(output) as Record<string, unknown> }),
    ...(isError && { isError }),
  };
}
