import type * as engines from "./engines.ts";
import { loadOnce } from "./load-once.ts";

/** Cedar is compiled, and the sample policies are parsed and changed, once per process. */
export const { compiled, engineWith, samplePolicies, schema } = loadOnce("./engines.ts") as typeof engines;
