/** A function that does nothing: what a cold start, a request and a process cost before any of Latchkey's own code. */
export const handler = async () => ({ statusCode: 200, body: "{}" });
