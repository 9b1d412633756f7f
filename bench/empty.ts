/** A function that does nothing: the cost of a cold start, a request and a process without Latchkey's code. */
export const handler = async () => ({ statusCode: 200, body: "{}" });
