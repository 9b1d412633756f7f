/** The members of a JSON Web Key that only its owner may know (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** Whether a JSON Web Key holds nothing secret. */
export const isPublicKey = (key: object): boolean => !privateMembers.some((name) => Object.hasOwn(key, name));
