import { describeEndings } from "../../support/client/endings.ts";
import { useLocalStack } from "../../support/test-stack.ts";

describeEndings(useLocalStack());
