import type { Config } from "jest";

const common = {
  // All tests are here. Jest looks through these folders once per project, and node_modules is large.
  roots: ["<rootDir>/test", "<rootDir>/policies"],
  moduleNameMapper: {
    "^dynalite$": "<rootDir>/test/support/dynalite.ts",
    "^fast-check$": "<rootDir>/test/support/fast-check.ts",
    // As tsconfig.json says: what package.json names is built by `npm pack` only.
    "^latchkey/sdk$": "<rootDir>/sdk/index.ts",
  },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "es6" } }],
  },
} satisfies Config;

/**
 * `unit` needs no other process, `property` tests properties on random input (for longer: `npm run fuzz`), `policies` tests
 * the Cedar policies, `e2e` starts whole local stacks. Seven have a command of their own: `client` (`npm run test:client`) types
 * what users do against such a stack, which takes minutes, runs the examples, and builds all bundles for their licences; `histories` (`npm run test:histories`) has callers race and crash;
 * `console` (`npm run test:console`) has browsers use the console; `instances` (`npm run test:instances`) logs in to the local stack's instances in every way that ssh has; `stacks` (`npm run
 * test:stacks`) synthesizes stacks of many settings; `proxy` (`npm run
 * test:proxy`) holds each response against the API's description; `real-sshd` (`npm run test:sshd`) has Debian's sshd on the
 * instances, needs root and changes the machine.
 */
const config: Config = {
  // All cores: many tests wait for other processes.
  maxWorkers: "100%",
  // Milliseconds: many times what any test takes, even on a machine that is busy with other work. It ends only what hangs.
  testTimeout: 180_000,
  projects: [
    {
      ...common,
      displayName: "unit",
      globalSetup: "<rootDir>/test/lib/forget-stacks.ts",
      testMatch: [
        "<rootDir>/test/*.test.ts",
        "<rootDir>/test/{bench,client,contract,lambda,lib,local,policy-tools,sdk,smoke,ssh-format,web}/**/*.test.ts",
        "!**/test/local/instances/**",
      ],
    },
    { ...common, displayName: "instances", testMatch: ["<rootDir>/test/local/instances/**/*.test.ts"] },
    { ...common, displayName: "stacks", testMatch: ["<rootDir>/test/stacks/**/*.test.ts"] },
    {
      ...common,
      displayName: "property",
      testMatch: ["<rootDir>/test/property/**/*.test.ts", "!**/access-{histories,races,wire}.test.ts"],
    },
    {
      ...common,
      displayName: "histories",
      testMatch: ["<rootDir>/test/property/access-{histories,races,wire}.test.ts"],
    },
    { ...common, displayName: "policies", testMatch: ["<rootDir>/policies/**/*.test.ts"] },
    {
      ...common,
      displayName: "e2e",
      globalSetup: "<rootDir>/test/e2e/build-bundles.ts",
      testMatch: ["<rootDir>/test/e2e/**/*.test.ts", "!**/test/e2e/{client,proxy}/**"],
    },
    {
      ...common,
      displayName: "proxy",
      globalSetup: "<rootDir>/test/e2e/build-bundles.ts",
      testMatch: ["<rootDir>/test/e2e/proxy/**/*.test.ts"],
    },
    {
      ...common,
      displayName: "client",
      globalSetup: "<rootDir>/test/e2e/build-bundles.ts",
      testMatch: ["<rootDir>/test/e2e/client/**/*.test.ts", "<rootDir>/test/packaging/**/*.test.ts"],
    },
    {
      ...common,
      displayName: "console",
      globalSetup: "<rootDir>/test/console/support/build.ts",
      testMatch: ["<rootDir>/test/console/**/*.test.ts"],
    },
    {
      ...common,
      displayName: "real-sshd",
      globalSetup: "<rootDir>/test/real-sshd/prepare-machine.ts",
      testMatch: ["<rootDir>/test/real-sshd/**/*.test.ts"],
    },
  ],
};

export default config;
