/** How far host keys are trusted, as policies see it: 0 if none is known, then low, medium, high. */
export type TrustLevel = 0 | 1 | 2 | 3;

/** The highest level: an operator, or AWS itself, vouches for the key. */
export const highTrust: TrustLevel = 3;
