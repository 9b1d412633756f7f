import { Buffer } from "buffer";

// dev-tunnels-ssh takes Node's Buffer for granted, and must be imported after this. The bundler's `inject` would make it a part of
// every page.
Object.assign(globalThis, { Buffer });
