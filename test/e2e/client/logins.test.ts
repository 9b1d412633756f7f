import { describeLogins } from "../../support/client/logins.ts";
import { useLocalStack } from "../../support/test-stack.ts";

describeLogins(useLocalStack());
