import { describeCopies } from "../support/client/copies.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

/** Milliseconds that 200 MiB there and back may take: at 5 MiB/s. No way is as slow on a machine of its own. */
const patience = 80_000;

describeCopies(useLocalStack({ loginTargets: startRealLoginTargets }), 200, patience);
