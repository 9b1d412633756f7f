import { useLocalStack } from "../../support/test-stack.ts";
import { describeForwarding } from "./suites/forwarding.ts";

describeForwarding(useLocalStack());
