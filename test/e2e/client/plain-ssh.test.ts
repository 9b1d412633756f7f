import { useLocalStack } from "../../support/test-stack.ts";
import { describePlainSsh } from "./suites/plain-ssh.ts";

describePlainSsh(useLocalStack());
