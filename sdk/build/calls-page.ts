import { type Operation, operations, tags } from "../../contract/operations.ts";
import { type ApiRoute, type RouteName, routeNames, routes } from "../../contract/routes.ts";
import { anyTag, jsonSchema } from "./types-file.ts";

/** The text of docs/calls.md: every call of the SDK, by the sections of the API. */
export function callsPage(): string {
  const parts = [
    "# Calls of the SDK",
    "Made by `npm run docs` from the contract. Each operation of [the API](api.md) is a call of [the TypeScript library](sdk.md#calls).",
    ...inTag((tag, names) => [`## ${tag}`, tags[tag], ...names.flatMap(callOf)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The table of docs/api.md: each route, and its call. */
export function callsTable(): string {
  const rows = inTag((_, names) =>
    names.map((name) => {
      const { method, path } = routes[name];
      return `| \`${method} ${path}\` | [\`${name}\`](calls.md#${name.toLowerCase()}) | ${wordsOf(name).summary} |`;
    }),
  );
  return ["| route | call | what it does |", "| --- | --- | --- |", ...rows].join("\n");
}

const wordsOf = (name: RouteName): Operation => operations[name];

function inTag(make: (tag: Operation["tag"], names: readonly RouteName[]) => readonly string[]): string[] {
  // Object.keys loses the type of the keys.
  return (Object.keys(tags) as Operation["tag"][]).flatMap((tag) =>
    make(
      tag,
      routeNames.filter((name) => wordsOf(name).tag === tag),
    ),
  );
}

function callOf(name: RouteName): string[] {
  const { method, path } = routes[name];
  const { summary, description } = wordsOf(name);
  const { required, optional } = fieldsOf(routes[name]);
  const input = required.length > 0 ? `{ ${required.join(", ")} }` : "{}";
  const more = optional.length > 0 ? [`Other fields: ${optional.map((field) => `\`${field}\``).join(", ")}.`] : [];
  return [
    `### ${name}`,
    `${summary}: \`${method} ${path}\`. ${description}`,
    `\`\`\`ts\nawait latchkey.call("${name}", ${input});\n\`\`\``,
    ...more,
  ];
}

/** The names of the fields of path, query and body, which a call has in one object. */
function fieldsOf({ params, query, body }: ApiRoute) {
  const schemas = [params, query, ...(body ? [body] : [])].map((schema) => {
    const json = jsonSchema(schema);
    return json.$defs?.[json.$ref?.replace("#/$defs/", "") ?? ""] ?? json;
  });
  const required = schemas.flatMap((schema) => schema.required ?? []);
  const all = schemas.flatMap(({ properties = {} }) => Object.keys(properties));
  const optional = all.filter((name) => !required.includes(name));
  return { required, optional: optional.map((name) => (name === "tags" ? anyTag : name)) };
}
