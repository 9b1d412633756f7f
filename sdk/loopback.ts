/** Whether a URL's host is this machine (RFC 6761, RFC 5735): nobody else can read what is sent to it. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
