import { describeCopies } from "../e2e/client/suites/copies.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

describeCopies(useLocalStack({ loginTargets: startRealLoginTargets }), 200);
