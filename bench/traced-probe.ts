import { endAfter, loadBundle } from "./probed.ts";
import { serveInTurn } from "./serve-in-turn.ts";
import { spans, traceTls, traceWebAssembly } from "./trace.ts";

// As `probe.ts`, but notes where time goes, which takes some.
traceWebAssembly();
endAfter(serveInTurn(loadBundle(traceTls)), spans);
