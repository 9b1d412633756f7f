import type { Config } from "jest";

const common = {
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "es6" } }],
  },
} satisfies Config;

/** `unit` needs no other process, `policies` tests the Cedar policies, `e2e` starts whole local stacks. */
const config: Config = {
  projects: [
    { ...common, displayName: "unit", testMatch: ["<rootDir>/test/{lambda,lib,local}/**/*.test.ts"] },
    { ...common, displayName: "policies", testMatch: ["<rootDir>/policies/**/*.test.ts"] },
    {
      ...common,
      displayName: "e2e",
      globalSetup: "<rootDir>/test/e2e/build-bundles.ts",
      testMatch: ["<rootDir>/test/e2e/**/*.test.ts"],
    },
  ],
};

export default config;
