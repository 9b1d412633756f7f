import { describe } from "@jest/globals";
import { describeEndings } from "../e2e/client/suites/endings.ts";
import { describeForwarding } from "../e2e/client/suites/forwarding.ts";
import { describeHostKeys } from "../e2e/client/suites/host-keys.ts";
import { describeLogins } from "../e2e/client/suites/logins.ts";
import { describePlainSsh } from "../e2e/client/suites/plain-ssh.ts";
import { describeUserAgent } from "../support/client/user-agent.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

describe("latchkey, with Debian's sshd on the instances", () => {
  const local = useLocalStack({ loginTargets: startRealLoginTargets });
  describeLogins(local);
  describePlainSsh(local);
  describeForwarding(local);
  describeUserAgent(local);
  describeEndings(local);
  describeHostKeys(local);
});
