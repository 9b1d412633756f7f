import * as z from "zod";

/** What a rule makes of an event. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html */
export const inputTransformer = z.strictObject({
  InputPathsMap: z.record(z.string(), z.string()),
  InputTemplate: z.string(),
});

/**
 * The JSON that a target gets. A variable outside quotes becomes a JSON value.
 *
 * @throws Error if the event lacks a variable's field, or if a variable within quotes has a text that may not stay as it is: what
 *   EventBridge does then is not documented.
 */
export function transformed(
  { InputPathsMap, InputTemplate }: z.infer<typeof inputTransformer>,
  event: object,
): Record<string, unknown> {
  const tokens = InputTemplate.match(/"(?:[^"\\]|\\.)*"|<[^>]+>|[^"<]+/g) ?? [];
  const fieldAt = (variable: string) => {
    const path = InputPathsMap[variable];
    const value = path?.split(".").slice(1).reduce<unknown>(fieldOf, event);
    if (value === undefined) throw new Error(`The event has no ${path}, for <${variable}>`);
    return value;
  };
  const within = (text: string) =>
    text.replace(/<([^>]+)>/g, (_, variable: string) => {
      const value = String(fieldAt(variable));
      if (!/^[A-Za-z0-9-]+$/.test(value)) throw new Error(`<${variable}> is within quotes, with the text ${value}`);
      return value;
    });
  return JSON.parse(
    tokens
      .map((token) => (token.startsWith("<") ? JSON.stringify(fieldAt(token.slice(1, -1))) : within(token)))
      .join(""),
  );
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? value[name as keyof typeof value]
    : undefined;
