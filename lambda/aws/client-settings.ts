import { clientSettings as settingsFor } from "./clients.ts";

const { region: _, ...settings } = settingsFor({ region: "" });

/** For clients that are not made per target yet. */
export const clientSettings = settings;
