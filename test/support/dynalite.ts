import { loadOnce } from "./load-once.ts";

/** The embedded database: its parser, which most of a table's time goes to, stays compiled. */
export default loadOnce("dynalite") as typeof import("dynalite").default;
