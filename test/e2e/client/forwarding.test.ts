import { describeForwarding } from "../../support/client/forwarding.ts";
import { useLocalStack } from "../../support/test-stack.ts";

describeForwarding(useLocalStack());
