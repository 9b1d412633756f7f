import { readFile } from "node:fs/promises";
import type { Loader, Metafile, Plugin } from "esbuild";

/** What a bundle has of the modules whose paths match `filter`. */
interface Rule {
  readonly filter: RegExp;
  readonly loader?: Loader;
  /** @throws Error where the module is not what the rule was written for. */
  readonly rewrite: (source: string) => string;
}

/**
 * Lets esbuild drop the SDK's schemas that no command of ours uses (900 KB for EC2 alone). They are arrays with computed
 * keys, which a bundler must assume to have side effects, unless they are in a pure call.
 */
const pureSchemas: Rule = {
  filter: /@aws-sdk[\\/].*[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/,
  rewrite: (source) =>
    replaceIn(source, /^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm, "$1/* @__PURE__ */ (() => $2)();"),
};

/**
 * Removes the descriptions from the contract's schemas: only the OpenAPI document needs them, and each creates another schema
 * in every cold start. Not every module of the contract has some.
 */
const withoutDescriptions: Rule = {
  filter: /[\\/]contract[\\/][\w-]+\.ts$/,
  loader: "ts",
  rewrite: (source) => source.replace(/\s*\.(?:describe|meta)\((?:"[^"]*"|[^"()])*\)/g, ""),
};

/**
 * Leave out of the SDK's clients the chain of middleware, instead of which `lambda/aws/direct-calls.ts` makes every
 * call, and all of their package.json but the version. One middleware stays: adding it gives the protocol its settings.
 */
const withoutMiddleware: readonly Rule[] = [
  {
    filter: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]\w+Client\.js$/,
    rewrite(source) {
      const lean = replaceIn(source, /^ *this\.middlewareStack\.use\((?!getSchemaSerdePlugin)[\s\S]*?\);$/gm, "");
      if (lean.match(/middlewareStack/g)?.length !== 1)
        throw new Error("Another middleware than the protocol's is left");
      return lean;
    },
  },
  {
    filter: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]commandBuilder\.js$/,
    rewrite: (source) => replaceIn(source, /, getEndpointPlugin\)/g, ", () => undefined)"),
  },
  {
    filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/,
    loader: "json",
    rewrite: (source) => JSON.stringify({ version: JSON.parse(source).version }),
  },
];

/** Leave out modules that functions never run, although others that they need refer to them. */
const withoutUnused: readonly Rule[] = [
  // Schemas as JSON Schema, which the build makes of the contract's, and care for objects that contain themselves, which
  // JSON has none of. What remains are functions that do nothing.
  {
    filter: /zod[\\/]v4[\\/]core[\\/](?:json-schema-processors|to-json-schema|memoizer)\.js$/,
    rewrite: (source) =>
      namesIn(source)
        .map((name) => `export const ${name} = () => {};`)
        .join("\n"),
  },
  // The methods of schemas that the API's have no use for: string formats (`z.uuid()` remains), and encoding.
  {
    filter: /zod[\\/]v4[\\/]classic[\\/]schemas\.js$/,
    rewrite: (source) =>
      [
        /^ {4}\w+\(params\) \{\s+return this\.check\(core\._\w+\(Zod\w+, params\)\);\s+\},$/gm,
        /^ {4}(?:async )?\w+(?:: (?:async )?function \w+)?\(data, params\) \{\s+return (?:await )?parse\.(?!safeParse\(|parse\()\w+\(.*\s+\},$/gm,
      ].reduce((rest, methods) => replaceIn(rest, methods, ""), source),
  },
  // The words of problems with a value: the API's own are by their codes, which remain.
  { filter: /zod[\\/]v4[\\/]locales[\\/]en\.js$/, rewrite: () => "export default () => ({});" },
  // Streams of events, which no operation of ours has.
  {
    filter: /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/,
    rewrite: () => "export const EventStreamSerde = undefined, eventStreamSerdeProvider = undefined;",
  },
  // The discovery of endpoints, which DynamoDB no longer needs.
  {
    filter: /@aws-sdk[\\/]middleware-endpoint-discovery[\\/]dist-es[\\/]index\.js$/,
    rewrite: () =>
      "export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {}, resolveEndpointDiscoveryConfig = (config) => config;",
  },
  // What lambda/aws/request-handler.ts and sigv4.ts do instead.
  {
    filter: /@smithy[\\/]node-http-handler[\\/]dist-es[\\/]index\.js$/,
    rewrite: () => "export const NodeHttpHandler = { create: (handler) => handler }, streamCollector = undefined;",
  },
  {
    filter: /@smithy[\\/]signature-v4[\\/]dist-es[\\/]index\.js$/,
    rewrite: () => "export const SignatureV4 = undefined;",
  },
  // Signatures for several regions.
  {
    filter: /@aws-sdk[\\/]signature-v4-multi-region[\\/]dist-es[\\/]index\.js$/,
    rewrite: () => "export const SignatureV4MultiRegion = undefined;",
  },
];

const namesIn = (source: string) =>
  [...source.matchAll(/^export (?:(?:const|function|class) (\w+)|\{ \w+ as (\w+) \})/gm)].map(
    ([, name, renamed]) => name ?? renamed,
  );

/** @throws Error if nothing matches: an upgrade has changed what a rule was written for. */
function replaceIn(source: string, pattern: RegExp, replacement: string): string {
  if (source.search(pattern) < 0) throw new Error(`Nothing in it matches ${pattern}`);
  return source.replace(pattern, replacement);
}

/** What makes the functions' bundles smaller, and so their starts faster. A build fails where a rule does not fit a module. */
export const lean: Plugin = {
  name: "lean-modules",
  setup({ onLoad }) {
    for (const { filter, rewrite, loader = "js" } of rules) {
      onLoad({ filter }, async ({ path: file }) => ({ contents: rewrite(await readFile(file, "utf8")), loader }));
    }
  },
};

const rules = [pureSchemas, withoutDescriptions, ...withoutMiddleware, ...withoutUnused];

/** @throws Error if a rule has no module among those of all functions: an upgrade has moved what it was written for. */
export function checkRules({ inputs }: Pick<Metafile, "inputs">): void {
  const files = Object.keys(inputs).map((file) => `/${file}`);
  const idle = rules.filter(({ filter }) => !files.some((file) => filter.test(file)));
  if (idle.length > 0) throw new Error(`No bundled module matches ${idle.map(({ filter }) => filter).join(" or ")}`);
}
