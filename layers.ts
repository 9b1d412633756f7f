/** The other top-level folders that each may import from. `npm run layers` makes lint rules of this file. */
const mayImport = {
  contract: [],
  packaging: [],
  "ssh-format": [],
  sdk: ["contract", "ssh-format", "packaging"],
  client: ["policy-tools", "sdk", "contract", "ssh-format", "packaging"],
  web: ["sdk", "contract", "ssh-format", "packaging"],
  lambda: ["contract", "ssh-format"],
  policies: ["policy-tools", "lambda", "test"], // its tests
  lib: ["web", "lambda", "contract", "packaging"], // the console's bundle
  "policy-tools": ["lib", "lambda", "contract"],
  bin: ["lib", "sdk", "contract"],
  cdk: ["lib", "web", "sdk", "contract", "packaging"], // of the sdk, how types are written
  smoke: ["client", "sdk", "lambda", "contract", "ssh-format"],
  examples: ["sdk"],
  local: ["lib", "web", "lambda", "contract", "ssh-format"],
  bench: ["local", "lib", "web", "client", "sdk", "lambda", "contract", "ssh-format", "packaging", "test"],
  test: [
    "bench",
    "cdk",
    "bin",
    "examples",
    "policy-tools",
    "smoke",
    "local",
    "lib",
    "client",
    "web",
    "sdk",
    "lambda",
    "policies",
    "contract",
    "ssh-format",
    "packaging",
  ],
} as const satisfies Record<string, readonly string[]>;

/** The folders inside: each may import only from those after it. "." is the files beside the folders. */
export const order = {
  lambda: [
    "loader", // loads the others' bundle
    ...["handlers", "workers", "http", "link", "callers"],
    "aws", // implements the ports of those below
    ...["slack", "chat"], // the first implements the ports of the second
    ...["connect", "access", "instances", "host-keys", "audit", "webhooks"],
    "reachability",
    ...["resolve", "policy", "inventory", "idempotency", "lists", "targets", "shared"],
  ],
  client: [
    ...[
      ".",
      "commands",
      "mcp",
      "completion",
      "cli",
      "ssh-config",
      "tunnel",
      "host-keys",
      "ssh",
      "report",
      "audit",
      "access",
      "instances",
    ],
    ...["policy", "login", "keys", "command", "api", "settings", "quoting", "terminal"],
  ],
  sdk: ["build", "login", "node", "."],
  cdk: ["build", "."],
  web: [".", "app", "audit", "access", "instances", "terminal", "sftp", "ssh", "sign-in", "api", "ui"],
  lib: ["build", "."],
  local: [".", "gateway", "oidc", "slack", "console", "functions", "aws", "instances", "fleet", "shared"],
} as const satisfies Record<string, readonly string[]>;

/** Packages that a folder may not import, in addition to folders. */
const restrictedPackages = (layer: string): readonly Restriction[] => [
  ...(layer.startsWith("lambda/") && layer !== "lambda/aws"
    ? [{ group: ["@aws-sdk/**", "@smithy/**"], message: "Only lambda/aws/ imports the AWS SDK." }]
    : []),
  ...(layer === "sdk/." ? [{ group: ["node:*", "node:*/**"], message: "The sdk runs in browsers too." }] : []),
  ...(layer === "ssh-format"
    ? [{ group: ["**", "!./**", "!@noble/hashes/**"], message: "ssh-format/ imports nothing but the hash." }]
    : []),
];

interface Restriction {
  readonly group: readonly string[];
  readonly message: string;
}

/** A top-level folder, or a folder in one that has an order: `contract`, `lambda/connect`, `client/.`. */
export const layers: readonly string[] = Object.keys(mayImport).flatMap((top) =>
  childrenOf(top).length > 0 ? childrenOf(top).map((child) => `${top}/${child}`) : [top],
);

/** The layer that a file belongs to. @param file its path from the root. */
export function layerOf(file: string): string {
  const [top = "", ...rest] = file.split("/");
  if (childrenOf(top).length === 0) return top;
  return `${top}/${rest.length > 1 ? rest[0] : "."}`;
}

/** Whether a file of one layer may import a file of another. */
export function permits(from: string, to: string): boolean {
  const [fromTop = "", fromChild = ""] = from.split("/");
  const [toTop = "", toChild = ""] = to.split("/");
  if (fromTop !== toTop)
    return (Object.entries(mayImport).find(([top]) => top === fromTop)?.[1] ?? []).some((top) => top === toTop);
  const children = childrenOf(fromTop);
  return from === to || children.indexOf(fromChild) < children.indexOf(toChild);
}

function childrenOf(top: string): readonly string[] {
  return Object.entries(order).find(([name]) => name === top)?.[1] ?? [];
}

/** The `overrides` of biome.json: the rules of each layer. */
export function lintOverrides() {
  return layers.map((layer) => ({
    includes: [filesOf(layer)],
    linter: {
      rules: {
        // Rows of a test's table may have more columns.
        ...(!["policies", "test"].includes(layer) && { complexity: { useMaxParams: "error" } }),
        style: {
          noRestrictedImports: { level: "error", options: { patterns: restrictionsOf(layer) } },
          ...(layer === "ssh-format" && {
            noRestrictedGlobals: { level: "error", options: { deniedGlobals: { Buffer: "Use Uint8Array." } } },
          }),
        },
      },
    },
  }));
}

const filesOf = (layer: string) => (layer.endsWith("/.") ? `${layer.slice(0, -2)}/*.{ts,tsx}` : `${layer}/**`);

function restrictionsOf(layer: string): readonly Restriction[] {
  const forbidden = layers
    .filter((other) => !permits(layer, other))
    .map((other) => other.split("/") as [top: string, child?: string]);
  const [top, child] = layer.split("/");
  const siblings = forbidden.flatMap(([otherTop, other]) => (otherTop === top && other ? [other] : []));
  const folders = anyOf(siblings.filter((sibling) => sibling !== "."));
  const tops = anyOf(forbidden.flatMap(([otherTop]) => (otherTop === top ? [] : [otherTop])));
  const group = [
    ...tops.map((any) => `**/${any}/**`),
    ...folders.flatMap((any) => (child === "." ? [`./${any}/**`] : [`../${any}/**`, `../../${any}/**`])),
    ...(siblings.includes(".") ? ["../*.{ts,tsx}"] : []), // only from one folder deep: deeper, `../` is the layer itself
  ];
  return [
    ...(group.length > 0 ? [{ group, message: `${layer}/ may not import from this folder: see layers.ts.` }] : []),
    ...restrictedPackages(layer),
  ];
}

/** A glob that matches any of these names; none if there are none. */
const anyOf = (names: readonly string[]) => (names.length > 0 ? [`{${[...new Set(names)]}}`] : []);
