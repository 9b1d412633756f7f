import { describeHostKeys } from "../../support/client/host-keys.ts";
import { useLocalStack } from "../../support/test-stack.ts";

describeHostKeys(useLocalStack());
