import { describe } from "@jest/globals";
import { describeEndings } from "../support/client/endings.ts";
import { describeForwarding } from "../support/client/forwarding.ts";
import { describeHostKeys } from "../support/client/host-keys.ts";
import { describeLogins } from "../support/client/logins.ts";
import { describePlainSsh } from "../support/client/plain-ssh.ts";
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
