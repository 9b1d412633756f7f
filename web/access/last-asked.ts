import { signal } from "@preact/signals";
import type { AccessRequest } from "../../sdk/types.ts";

/** What this page asked for last, as the API responded: its page says whether it existed before. */
export const lastAsked = signal<AccessRequest | undefined>(undefined);
