import { useLocalStack } from "../../support/test-stack.ts";
import { describeCopies } from "./suites/copies.ts";

describeCopies(useLocalStack(), 3);
