/** The headers of every answer, ours and API Gateway's own. X-Request-Id joins them with the request's id. */
export const securityHeaders = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  /** Two years, in seconds: the least that browsers' preload lists take. */
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "Content-Security-Policy": "default-src 'none'",
} as const;
