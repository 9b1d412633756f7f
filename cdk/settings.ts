import type { GivenSettings } from "../lib/settings.ts";

/** What a deployment may choose. The package has it as plain TypeScript, with what lib/settings.ts says of each. */
export type LatchkeySettings = GivenSettings;
