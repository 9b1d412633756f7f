import { Module } from "node:module";

/**
 * The embedded database, loaded once per process instead of once per suite: its parser, which most of a table's time goes to,
 * stays compiled. Jest's `Module` loads into the suite; the class that it extends is Node's own.
 */
const { createRequire } = Object.getPrototypeOf(Module) as typeof Module;

export default createRequire(import.meta.filename)("dynalite") as typeof import("dynalite").default;
