/** The headers of every response, ours and API Gateway's own, beside X-Request-Id. */
export const securityHeaders = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  /** Two years, in seconds: the least that browsers' preload lists take. */
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "Content-Security-Policy": "default-src 'none'",
} as const;
