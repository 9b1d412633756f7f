/** The file that the build writes beside a function's code. */
export const settingsFile = "settings.json";
