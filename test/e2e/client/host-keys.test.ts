import { useLocalStack } from "../../support/test-stack.ts";
import { describeHostKeys } from "./suites/host-keys.ts";

describeHostKeys(useLocalStack());
