import { loadOnce } from "./load-once.ts";

/** As it loads, fast-check makes a table of every character of Unicode, which takes longer than most properties. */
export default loadOnce("fast-check") as typeof import("fast-check").default;
