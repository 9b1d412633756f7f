import { useLocalStack } from "../../support/test-stack.ts";
import { describeLogins } from "./suites/logins.ts";

describeLogins(useLocalStack());
