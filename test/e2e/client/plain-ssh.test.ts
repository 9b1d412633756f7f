import { describePlainSsh } from "../../support/client/plain-ssh.ts";
import { useLocalStack } from "../../support/test-stack.ts";

describePlainSsh(useLocalStack());
