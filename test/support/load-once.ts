import { Module } from "node:module";

/** Jest's `Module` loads into the suite; the class that it extends is Node's own. */
const { createRequire } = Object.getPrototypeOf(Module) as typeof Module;

/** Loads a package once per process, instead of once per suite. */
export const loadOnce = createRequire(import.meta.filename);
