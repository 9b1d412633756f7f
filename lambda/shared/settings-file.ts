/** The file that the build writes beside a function's code. */
export const settingsFile = "settings.json";

/** The directory of the browser console's files, in the bundle of the function that serves them. */
export const siteDirectory = "site";
