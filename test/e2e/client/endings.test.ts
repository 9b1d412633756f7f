import { useLocalStack } from "../../support/test-stack.ts";
import { describeEndings } from "./suites/endings.ts";

describeEndings(useLocalStack());
