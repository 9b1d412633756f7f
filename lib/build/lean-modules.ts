import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * Lets esbuild drop the SDK's schemas that no command of ours uses (900 KB for EC2 alone). They are arrays with computed
 * keys, which a bundler must assume to have side effects, unless they are in a pure call.
 */
const pureSchemas: Plugin = {
  name: "pure-schemas",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/].*[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ }, async ({ path: file }) => {
      const source = await readFile(file, "utf8");
      return {
        contents: source.replace(/^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm, "$1/* @__PURE__ */ (() => $2)();"),
      };
    });
  },
};

/**
 * Removes the descriptions from the contract's schemas: only the OpenAPI document needs them, and each creates another schema
 * in every cold start.
 */
const withoutDescriptions: Plugin = {
  name: "without-descriptions",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]contract[\\/][\w-]+\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8")).replace(/\s*\.(?:describe|meta)\((?:"[^"]*"|[^"()])*\)/g, ""),
      loader: "ts",
    }));
  },
};

/**
 * Leaves out of the SDK's clients the chain of middleware, instead of which `lambda/aws/direct-calls.ts` makes every
 * call, and all of their package.json but the version.
 */
const withoutMiddleware: Plugin = {
  name: "without-middleware",
  setup({ onLoad }) {
    onLoad(
      { filter: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/](?:\w+Client|commandBuilder)\.js$/ },
      async ({ path: file }) => ({
        contents: (await readFile(file, "utf8"))
          .replace(/^ *this\.middlewareStack\.use\((?!getSchemaSerdePlugin)[\s\S]*?\);$/gm, "")
          .replace(", getEndpointPlugin)", ", () => undefined)"),
      }),
    );
    onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path: file }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(file, "utf8")).version }),
      loader: "json",
    }));
  },
};

/** Leaves out modules that functions never run, although others that they need refer to them. */
const withoutUnused: Plugin = {
  name: "without-unused",
  setup({ onLoad }) {
    for (const [filter, left] of unused) {
      onLoad({ filter }, async ({ path: file }) => ({
        contents:
          left ??
          namesIn(await readFile(file, "utf8"))
            .map((name) => `export const ${name} = () => {};`)
            .join("\n"),
      }));
    }
  },
};

/** What takes each one's place: without a text, functions of the same names that do nothing. */
const unused: readonly (readonly [filter: RegExp, left?: string])[] = [
  // Schemas as JSON Schema, which the build makes of the contract's.
  [/zod[\\/]v4[\\/]core[\\/](?:json-schema-processors|to-json-schema)\.js$/],
  // Streams of events, which no operation of ours has.
  [
    /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/,
    "export const EventStreamSerde = undefined, eventStreamSerdeProvider = undefined;",
  ],
  // The discovery of endpoints, which DynamoDB no longer needs.
  [
    /@aws-sdk[\\/]middleware-endpoint-discovery[\\/]dist-es[\\/]index\.js$/,
    "export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {}, resolveEndpointDiscoveryConfig = (config) => config;",
  ],
  // Signatures for several regions.
  [
    /@aws-sdk[\\/]signature-v4-multi-region[\\/]dist-es[\\/]index\.js$/,
    "export const SignatureV4MultiRegion = undefined;",
  ],
];

const namesIn = (source: string) =>
  [...source.matchAll(/^export (?:(?:const|function|class) (\w+)|\{ \w+ as (\w+) \})/gm)].map(
    ([, name, renamed]) => name ?? renamed,
  );

/** What makes the functions' bundles smaller, and so their starts faster. */
export const lean: Plugin[] = [pureSchemas, withoutDescriptions, withoutMiddleware, withoutUnused];
