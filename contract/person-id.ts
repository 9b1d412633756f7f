/** The actor of what happens by time alone. No caller has this id. */
export const ownId = "latchkey";

/** Characters of the id of a person or a machine. */
export const longestCallerId = 256;

/**
 * The form of a person's id: ASCII, in lower case, so that one person has one id whichever way they sign in. STS takes each as a
 * RoleSessionName and as a SourceIdentity, and none is a machine's there.
 */
export const personIdForm = /^(?!latchkey$)(?!.*-[0-9a-f]{24}$)[a-z0-9][a-z0-9._+=,@-]{1,63}$/;

/** Whether a caller's id is a person's: every machine's has a slash. */
export const isPersonId = (id: string): boolean => !id.includes("/");

/** Whether a name has the form of a machine's in CloudTrail, which ends with a hash. No person's id has it. */
export const isMachineSessionName = (name: string): boolean => /-[0-9a-f]{24}$/.test(name);
