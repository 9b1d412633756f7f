import type { Command } from "../command/command.ts";

export const policyShowCommand: Command = {
  name: "policy show",
  summary: "show the policies that decided, by the digest of an event",
  description:
    "Shows policies as they were when they decided: those of an event's policyDigest, or of them the ones that an event names. Latchkey keeps every set that has decided. The text is checked against the digest, so it is the one that decided.\n\nYou need the right to read the trail of an instance: that of --instance, or else of the newest event that you may read.",
  arguments: [
    { name: "digest", summary: "an event's policyDigest: sha256: and 64 hex digits, or these alone" },
    { name: "policy", isOptional: true, isRepeatable: true, summary: "only the policies with these ids" },
  ],
  options: [
    { name: "instance", value: "INSTANCE", summary: "by the right to read this instance's trail" },
    { name: "schema", summary: "show the Cedar schema too" },
    { name: "json", summary: "print schema and policies as JSON" },
  ],
  examples: [
    {
      command:
        "latchkey policy show sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 dev-connect",
      says: "what dev-connect said then",
      notRun: "an example's digest",
    },
  ],
  run: async (context, input) => (await import("../audit/run-policy-show.ts")).runPolicyShow(context, input),
};
