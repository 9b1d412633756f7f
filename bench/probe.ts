import { endAfter, loadBundle } from "./probed.ts";
import { serveInTurn } from "./serve-in-turn.ts";

/**
 * Stand-in for Lambda's runtime: loads the given bundle, then reads one event per line from descriptor 0 and writes the response
 * to descriptor 3. Lambda's runtime is native code that waits for the next event in the same way, with the function frozen.
 */
endAfter(serveInTurn(loadBundle()));
