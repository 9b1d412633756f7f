import { describeCopies } from "../../support/client/copies.ts";
import { useLocalStack } from "../../support/test-stack.ts";

describeCopies(useLocalStack(), 3, 30_000);
